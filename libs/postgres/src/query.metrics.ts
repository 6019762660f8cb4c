import { Metrics, type SpanOptions, Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { FAILURE_CLASSES, type FailureKind, failureKindOf } from './failure.kind.js';
import { SlowQueryLog } from './slow-query.log.js';

const OPERATIONS = [
  'select',
  'insert',
  'update',
  'delete',
  'with',
  'start',
  'begin',
  'commit',
  'rollback',
  'other',
] as const;
type Operation = (typeof OPERATIONS)[number];

const NOTHING: SpanOptions = {};

/** Maximum length of the statement in a span, in characters. */
const MAX_TEXT = 500;

/**
 * Measures how long statements take, by their first word, for metrics, spans and the log. The wait for a connection
 * is not included.
 */
@Injectable()
export class QueryMetrics {
  private readonly durations: ReadonlyMap<string, Histogram.Internal<'operation'>>;
  private readonly failures: Readonly<Record<FailureKind, Counter.Internal>>;

  constructor(
    metrics: Metrics,
    private readonly spans: Spans,
    private readonly slow: SlowQueryLog,
  ) {
    const histogram = metrics.histogram({
      name: 'sql_query_duration_seconds',
      help: 'Time from sending a statement to its last row.',
      labelNames: ['operation'],
    });
    this.durations = new Map(OPERATIONS.map((operation) => [operation, histogram.labels(operation)]));
    const failures = metrics.counter({
      name: 'sql_failures_total',
      help: 'Statements that failed, and connections that could not be had, by reason; a class is who has to look.',
      labelNames: ['class', 'kind'],
    });
    const children = Object.entries(FAILURE_CLASSES).map(([kind, group]) => [
      kind,
      failures.labels({ class: group, kind }),
    ]);
    this.failures = Object.fromEntries(children) as Record<FailureKind, Counter.Internal>;
  }

  /** Sends a statement in a span of its own, measures it, and logs it when it was slow. */
  async observe<T>(sql: string, send: () => Promise<T>): Promise<T> {
    const operation = firstWord(sql);
    const started = performance.now();
    try {
      return await this.spans.run(operation.toUpperCase(), this.optionsOf(sql, operation), send);
    } catch (error) {
      this.failed(error);
      throw error;
    } finally {
      const child = this.durations.get(operation) ?? this.durations.get('other' satisfies Operation);
      const duration = performance.now() - started;
      child?.observe(duration / 1000);
      this.slow.note(sql, duration);
    }
  }

  /** Counts a statement that failed, or a connection that was not available. */
  readonly failed = (error: unknown): void => {
    this.failures[failureKindOf(error)].inc();
  };

  /** The text never contains values: they are parameters. */
  private optionsOf(sql: string, operation: string): SpanOptions {
    if (!this.spans.enabled) return NOTHING;
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.text': sql.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT),
    };
    return { kind: 'client', attributes };
  }
}

function firstWord(sql: string): string {
  return /^\s*([a-z]+)/i.exec(sql)?.[1]?.toLowerCase() ?? 'other';
}
