import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Gauge } from 'prom-client';
import type { OutboxSource } from './outbox.source.js';
import type { RelayedBatch } from './relay.batch.js';

@Injectable()
export class RelayMetrics {
  private readonly sources: OutboxSource[] = [];
  private readonly relayed: Counter<'source' | 'outcome'>;
  private readonly backlog: Gauge<'source'>;
  private readonly lag: Gauge<'source'>;
  private measuring: Promise<void> | undefined;

  constructor(metrics: Metrics) {
    this.relayed = metrics.counter({
      name: 'outbox_relayed_total',
      help: 'Events taken from an outbox, by whether the broker confirmed them.',
      labelNames: ['source', 'outcome'],
    });
    this.lag = metrics.gauge({
      name: 'outbox_lag_seconds',
      help: 'For how long the oldest event has been waiting in an outbox.',
      labelNames: ['source'],
      collect: () => this.measure(),
    });
    this.backlog = metrics.gauge({
      name: 'outbox_backlog',
      help: 'Events that wait in an outbox.',
      labelNames: ['source'],
      collect: () => this.measure(),
    });
  }

  /** Measures an outbox whenever the metrics are read. */
  watch(source: OutboxSource): void {
    this.sources.push(source);
  }

  count(source: string, batch: RelayedBatch): RelayedBatch {
    const { taken, published } = batch;
    if (published > 0) this.relayed.inc({ source, outcome: 'confirmed' }, published);
    if (taken > published) this.relayed.inc({ source, outcome: 'failed' }, taken - published);
    return batch;
  }

  /** Once for both gauges, which are read at the same time. */
  private measure(): Promise<void> {
    this.measuring ??= this.measureAll().finally(() => {
      this.measuring = undefined;
    });
    return this.measuring;
  }

  private async measureAll(): Promise<void> {
    await Promise.all(this.sources.map((source) => this.measureOne(source)));
  }

  /** A database that is away must not take the metrics with it; the old value stands. */
  private async measureOne(source: OutboxSource): Promise<void> {
    const measured = await source.backlog().catch(() => undefined);
    if (!measured) return;
    this.backlog.set({ source: source.schema }, measured.size);
    this.lag.set({ source: source.schema }, measured.lag);
  }
}
