import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';

@Injectable()
export class PubSubMetrics {
  readonly received: Counter.Internal;
  readonly dropped: Counter.Internal;
  readonly failed: Counter.Internal;

  constructor(metrics: Metrics) {
    const messages = metrics.counter({
      name: 'redis_pubsub_messages_total',
      help: 'Messages of subscriptions: received, dropped because the handler was slow, failed in the handler.',
      labelNames: ['outcome'],
    });
    this.received = messages.labels({ outcome: 'received' });
    this.dropped = messages.labels({ outcome: 'dropped' });
    this.failed = messages.labels({ outcome: 'failed' });
  }
}
