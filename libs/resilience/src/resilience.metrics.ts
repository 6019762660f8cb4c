import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { CircuitCondition } from './circuit.js';
import type { RetryDecision } from './retries.js';

const OUTCOMES = [
  'success',
  'fallback',
  'answered',
  'failure',
  'cancelled',
  'circuit_open',
  'bulkhead_full',
  'rejected',
] as const;

/** The outcome of a call; the README explains each. */
export type CallOutcome = (typeof OUTCOMES)[number];

const CONDITIONS: Record<CircuitCondition, number> = { closed: 0, half_open: 1, open: 2 };

type Labels = 'policy' | 'target';

/** The state of one policy and target at a scrape. */
export interface Observed {
  readonly name: string;
  readonly target: string;
  readonly condition: CircuitCondition;
  readonly active: number;
  readonly waiting: number;
}

/** The counters of one policy. */
export interface PolicyMetrics {
  readonly calls: Readonly<Record<CallOutcome, Counter.Internal>>;
  readonly retries: Readonly<Record<RetryDecision, Counter.Internal>>;
}

@Injectable()
export class ResilienceMetrics {
  private readonly calls: Counter<'policy' | 'outcome'>;
  private readonly retries: Counter<'policy' | 'outcome'>;
  private observed: () => Iterable<Observed> = () => [];

  constructor(metrics: Metrics) {
    this.calls = metrics.counter({
      name: 'resilience_calls_total',
      help: 'Calls through a policy, by outcome.',
      labelNames: ['policy', 'outcome'],
    });
    this.retries = metrics.counter({
      name: 'resilience_retries_total',
      help: 'Retryable failures: retried, or not retried because the budget was exhausted.',
      labelNames: ['policy', 'outcome'],
    });
    this.gauge(
      metrics,
      'resilience_breaker_state',
      '0 closed, 1 half-open (the next call is the trial, or it is running), 2 open.',
      ({ condition }) => CONDITIONS[condition],
    );
    this.gauge(metrics, 'resilience_bulkhead_active', 'Calls in flight.', ({ active }) => active);
    this.gauge(
      metrics,
      'resilience_bulkhead_waiting',
      'Calls that wait in the queue.',
      ({ waiting }) => waiting,
    );
  }

  /** Sets the source of the gauges, which is read at each scrape. */
  observe(observed: () => Iterable<Observed>): void {
    this.observed = observed;
  }

  of(policy: string): PolicyMetrics {
    const children = <Outcome extends string>(
      counter: Counter<'policy' | 'outcome'>,
      outcomes: readonly Outcome[],
    ) =>
      Object.fromEntries(outcomes.map((outcome) => [outcome, counter.labels({ policy, outcome })])) as Record<
        Outcome,
        Counter.Internal
      >;
    return {
      calls: children(this.calls, OUTCOMES),
      retries: children(this.retries, ['retried', 'budget_exhausted']),
    };
  }

  private gauge(metrics: Metrics, name: string, help: string, read: (observed: Observed) => number): void {
    const observed = () => this.observed();
    metrics.gauge<Labels>({
      name,
      help,
      labelNames: ['policy', 'target'],
      collect() {
        this.reset();
        for (const state of observed()) this.set({ policy: state.name, target: state.target }, read(state));
      },
    });
  }
}
