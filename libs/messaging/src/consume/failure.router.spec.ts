import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineQueue, type QueueDefinition } from '@app/contracts';
import type { Lifecycle, Participant } from '@app/lifecycle';
import { type BrokerMessage, type ConfirmPublisher, PublishRefusedError } from '@app/rabbitmq';
import { Logger } from '@nestjs/common';
import { deadMessage } from '../../../../test/support/apps/dead-message.js';
import { scheduledQueue } from '../delayed/scheduled.queue.js';
import { UnknownTargetError } from '../messaging.errors.js';
import { FailureRouter } from './failure.router.js';

const queue = defineQueue({ name: 'q', retry: ['1s', '5s'] });
const fault = new Error('the bug');

describe('a message that failed', () => {
  let published: BrokerMessage[];
  let refusals: number;
  let participant: Participant | undefined;
  let router: FailureRouter;

  const publish = (message: BrokerMessage): Promise<void> => {
    published.push(message);
    refusals -= 1;
    return refusals >= 0 ? Promise.reject(PublishRefusedError.of(message.queue)) : Promise.resolve();
  };
  const fail = (of: QueueDefinition, attempt: number, thrown: unknown) =>
    router.route(of, { ...deadMessage(of.name), attempt }, thrown);

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    published = [];
    refusals = 0;
    const lifecycle = { register: (each: Participant) => (participant = each) };
    router = new FailureRouter({ publish } as unknown as ConfirmPublisher, lifecycle as unknown as Lifecycle);
  });

  it.each([
    ['its queue', queue, fault, ['q.retry.1s', 'q.retry.5s', 'q.dead']],
    [
      'delayed messages, for a queue of the next release,',
      scheduledQueue,
      UnknownTargetError.of('next_release'),
      [
        'scheduled.retry.1s',
        'scheduled.retry.10s',
        'scheduled.retry.1m',
        'scheduled.retry.10m',
        'scheduled.dead',
      ],
    ],
  ])('goes up the ladder of %s and is a dead letter then', async (_what, of, thrown, ladder) => {
    for (const [index] of ladder.entries()) await fail(of, index + 1, thrown);
    expect(published.map(({ queue: name }) => name)).toEqual(ladder);
  });

  it('is published again until the broker accepts it, and is not acknowledged before', async () => {
    refusals = 1;
    let outcome: string | undefined;
    const routing = fail(queue, 1, fault).then((routed) => (outcome = routed));
    await nextTurn();
    expect([published.length, outcome]).toEqual([1, undefined]);
    // Ends the pause.
    await participant?.stopIntake?.();
    await routing;
    expect([published.length, outcome]).toEqual([2, 'retried']);
  });
});
