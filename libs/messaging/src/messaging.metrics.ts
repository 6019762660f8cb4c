import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';

const OUTCOMES = ['done', 'duplicate', 'retried', 'dead', 'quarantined', 'too_large'] as const;

/** The outcome of one delivery. */
export type ConsumeOutcome = (typeof OUTCOMES)[number];

@Injectable()
export class MessagingMetrics {
  private readonly consumed: Counter<'queue' | 'outcome'>;
  private readonly seconds: Histogram<'queue'>;

  constructor(metrics: Metrics) {
    this.consumed = metrics.counter({
      name: 'amqp_consumed_total',
      help: 'Messages dealt with, by queue and by what became of them.',
      labelNames: ['queue', 'outcome'],
    });
    this.seconds = metrics.histogram({
      name: 'amqp_handler_duration_seconds',
      help: 'How long one attempt at a message took, its transaction included.',
      labelNames: ['queue'],
    });
  }

  /** Returns a function that counts deliveries of one queue. The children of the metrics are looked up once. */
  of(queue: string): (outcome: ConsumeOutcome, durationMs: number) => void {
    const seconds = this.seconds.labels({ queue });
    const counters = new Map(OUTCOMES.map((outcome) => [outcome, this.consumed.labels({ queue, outcome })]));
    return (outcome, durationMs) => {
      counters.get(outcome)?.inc();
      seconds.observe(durationMs / 1000);
    };
  }
}
