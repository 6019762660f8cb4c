import { type MeasuredGauges, Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { OutboxSource } from './outbox.source.js';
import type { RelayedBatch } from './relay.batch.js';

const OUTCOMES = ['confirmed', 'failed'] as const;

@Injectable()
export class RelayMetrics {
  private readonly relayed: Counter<'source' | 'outcome'>;
  private readonly outboxes: MeasuredGauges<'lag' | 'size'>;

  constructor(metrics: Metrics) {
    this.relayed = metrics.counter({
      name: 'outbox_relayed_total',
      help: 'Events taken from an outbox, by whether the broker confirmed them.',
      labelNames: ['source', 'outcome'],
    });
    this.outboxes = metrics.measuredGauges({
      name: 'outbox',
      labelNames: ['source'],
      gauges: {
        lag: {
          name: 'outbox_lag_seconds',
          help: 'For how long the oldest event has been waiting in an outbox.',
        },
        size: { name: 'outbox_backlog', help: 'Events that wait in an outbox.' },
      },
    });
  }

  /** Starts to measure an outbox in the background. */
  watch(source: OutboxSource): void {
    for (const outcome of OUTCOMES) this.relayed.inc({ source: source.schema, outcome }, 0);
    this.outboxes.add({ source: source.schema }, () => source.backlog());
  }

  count(source: string, batch: RelayedBatch): RelayedBatch {
    const { taken, published } = batch;
    if (published > 0) this.relayed.inc({ source, outcome: 'confirmed' }, published);
    if (taken > published) this.relayed.inc({ source, outcome: 'failed' }, taken - published);
    return batch;
  }
}
