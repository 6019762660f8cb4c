import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import type { PublishOutcome } from './publish/publication.js';
import { Topology } from './topology/topology.js';

/** Queues that the app does not define share one label value, since their names come from outside. */
const FOREIGN = 'other';

@Injectable()
export class RabbitMqMetrics {
  private readonly total: Counter<'queue' | 'outcome'>;
  private readonly seconds: Histogram<'queue'>;
  private readonly counters = new Map<PublishOutcome, Map<string, Counter.Internal>>();
  private readonly timers = new Map<string, Histogram.Internal<'queue'>>();

  constructor(
    metrics: Metrics,
    private readonly topology: Topology,
  ) {
    this.total = metrics.counter({
      name: 'amqp_published_total',
      help: 'Messages published, by queue and by what the broker said.',
      labelNames: ['queue', 'outcome'],
    });
    this.seconds = metrics.histogram({
      name: 'amqp_publish_duration_seconds',
      help: 'How long publishes waited for their confirm.',
      labelNames: ['queue'],
    });
  }

  /** @param durationMs from the call to the confirm, in milliseconds */
  published(queueName: string, outcome: PublishOutcome, durationMs: number): void {
    const queue = this.topology.declares(queueName) ? queueName : FOREIGN;
    let counters = this.counters.get(outcome);
    if (!counters) this.counters.set(outcome, (counters = new Map()));
    let counter = counters.get(queue);
    if (!counter) counters.set(queue, (counter = this.total.labels({ queue, outcome })));
    counter.inc();
    let timer = this.timers.get(queue);
    if (!timer) this.timers.set(queue, (timer = this.seconds.labels({ queue })));
    timer.observe(durationMs / 1000);
  }
}
