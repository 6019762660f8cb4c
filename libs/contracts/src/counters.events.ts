import { counterEvents } from './counters.queues.js';
import { defineEvent } from './event-definition.js';
import { CountersIncrementedContract } from './generated/ganymede/counters/v1/counters.validators.js';

/** The increments of the counters of one shard since its last drain. */
export const countersIncrementedEvent = defineEvent(
  'counters.incremented.v1',
  CountersIncrementedContract,
  counterEvents,
);
