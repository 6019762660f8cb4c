import { Metrics, type SpanOptions, Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Histogram } from 'prom-client';

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

/** How much of a statement a span tells. */
const MAX_TEXT = 500;

/** How long statements take, by their first word; waiting for a connection is not part of it. */
@Injectable()
export class QueryMetrics {
  private readonly durations: ReadonlyMap<string, Histogram.Internal<'operation'>>;

  constructor(
    metrics: Metrics,
    private readonly spans: Spans,
  ) {
    const histogram = metrics.histogram({
      name: 'sql_query_duration_seconds',
      help: 'Time from sending a statement to its last row.',
      labelNames: ['operation'],
    });
    this.durations = new Map(OPERATIONS.map((operation) => [operation, histogram.labels(operation)]));
  }

  /** Sends a statement in a span of its own, and measures it. */
  async observe<T>(sql: string, send: () => Promise<T>): Promise<T> {
    const operation = firstWord(sql);
    const started = performance.now();
    try {
      return await this.spans.run(operation.toUpperCase(), this.optionsOf(sql, operation), send);
    } finally {
      const child = this.durations.get(operation) ?? this.durations.get('other' satisfies Operation);
      child?.observe((performance.now() - started) / 1000);
    }
  }

  /** Values are parameters and never part of the text. */
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
