import { Metrics } from '@app/telemetry';
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

/** How long statements take, by their first word; waiting for a connection is not part of it. */
@Injectable()
export class QueryMetrics {
  private readonly durations: ReadonlyMap<string, Histogram.Internal<'operation'>>;

  constructor(metrics: Metrics) {
    const histogram = metrics.histogram({
      name: 'sql_query_duration_seconds',
      help: 'Time from sending a statement to its last row.',
      labelNames: ['operation'],
    });
    this.durations = new Map(OPERATIONS.map((operation) => [operation, histogram.labels(operation)]));
  }

  observe(sql: string, milliseconds: number): void {
    const child = this.durations.get(firstWord(sql)) ?? this.durations.get('other' satisfies Operation);
    child?.observe(milliseconds / 1000);
  }
}

function firstWord(sql: string): string {
  return /^\s*([a-z]+)/i.exec(sql)?.[1]?.toLowerCase() ?? 'other';
}
