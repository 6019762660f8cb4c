import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge } from 'prom-client';
import type { DeadLetterAction } from './dead-letter.js';
import { DeadLetterStore } from './dead-letter.store.js';

@Injectable()
export class DeadLetterMetrics {
  private readonly letters: Gauge<'queue' | 'status'>;
  private readonly actions: Counter<'queue' | 'action'>;

  constructor(
    metrics: Metrics,
    private readonly store: DeadLetterStore,
  ) {
    this.letters = metrics.gauge({
      name: 'dead_letters',
      help: 'Letters that wait for a person (dead) or for their way back (redriving).',
      labelNames: ['queue', 'status'],
      collect: () => this.measure(),
    });
    this.actions = metrics.counter({
      name: 'dead_letter_actions_total',
      help: 'Letters that people have redriven or discarded.',
      labelNames: ['queue', 'action'],
    });
  }

  /** @param queues of each letter that was handled */
  count(action: DeadLetterAction['action'], queues: readonly string[]): void {
    for (const queue of queues) this.actions.inc({ queue, action });
  }

  /** A database that is away must not take the metrics with it; the old values stand. */
  private async measure(): Promise<void> {
    const counts = await this.store.count().catch(() => undefined);
    if (!counts) return;
    this.letters.reset();
    for (const { queue, status, count } of counts) this.letters.set({ queue, status }, count);
  }
}
