import { Metrics } from '@app/telemetry';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { PUBLISH_OUTCOMES, type PublishOutcome } from './publish/publication.js';
import { Topology } from './topology/topology.js';

/** The label value for all queues that the app does not define: their names are untrusted. */
const FOREIGN = 'other';

/** The metrics of one queue, looked up once. */
interface QueueMetrics {
  readonly counters: ReadonlyMap<PublishOutcome, Counter.Internal>;
  readonly seconds: Histogram.Internal<'queue'>;
}

@Injectable()
export class RabbitMqMetrics implements OnApplicationBootstrap {
  private readonly total: Counter<'queue' | 'outcome'>;
  private readonly seconds: Histogram<'queue'>;
  private readonly queues = new Map<string, QueueMetrics>();

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

  /** At this time, every slice has added its queues. */
  onApplicationBootstrap(): void {
    for (const { name } of this.topology.queues) this.of(name);
    this.of(FOREIGN);
  }

  /** @param durationMs from the call to the confirm, in milliseconds */
  published(queueName: string, outcome: PublishOutcome, durationMs: number): void {
    const { counters, seconds } = this.of(this.topology.declares(queueName) ? queueName : FOREIGN);
    counters.get(outcome)?.inc();
    seconds.observe(durationMs / 1000);
  }

  private of(queue: string): QueueMetrics {
    let metrics = this.queues.get(queue);
    if (!metrics) {
      const counters = PUBLISH_OUTCOMES.map(
        (outcome) => [outcome, this.total.labels({ queue, outcome })] as const,
      );
      metrics = { counters: new Map(counters), seconds: this.seconds.labels({ queue }) };
      this.queues.set(queue, metrics);
    }
    return metrics;
  }
}
