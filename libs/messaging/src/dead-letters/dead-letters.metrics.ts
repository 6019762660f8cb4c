import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { DeadLetterAction } from './dead-letter.js';
import { DeadLetterStore } from './dead-letter.store.js';

@Injectable()
export class DeadLetterMetrics {
  private readonly actions: Counter<'queue' | 'action'>;

  constructor(metrics: Metrics, store: DeadLetterStore) {
    this.actions = metrics.counter({
      name: 'dead_letter_actions_total',
      help: 'Letters that people have redriven or discarded.',
      labelNames: ['queue', 'action'],
    });
    const letters = metrics.measuredGauges({
      name: 'dead_letters',
      gauges: {
        count: {
          name: 'dead_letters',
          help: 'Letters that wait for a person (dead) or for their way back (redriving).',
          labelNames: ['queue', 'status'],
        },
      },
    });
    letters.add({}, async () => {
      const counts = await store.count();
      return {
        count: counts.map(({ queue, status, count }) => ({ labels: { queue, status }, value: count })),
      };
    });
  }

  /** @param queues the queue of each letter that was handled */
  count(action: DeadLetterAction['action'], queues: readonly string[]): void {
    for (const queue of queues) this.actions.inc({ queue, action });
  }
}
