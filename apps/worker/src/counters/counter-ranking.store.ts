import { type CounterDelta, type RankedCounter, RankingWindow } from '@app/contracts';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

interface RankedRow {
  resource_id: string;
  counter_type: string;
  value: string;
}

/** A delta of a counter with its time. */
export interface Count extends CounterDelta {
  readonly at: Date;
}

/** The counts per minute for the windows, and the totals. */
@Injectable()
export class CounterRankingStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Adds counts. Runs in the transaction that records the events in the inbox. */
  async add(counts: readonly Count[]): Promise<void> {
    await this.transactions.query(
      `INSERT INTO counter_total (counter_type, resource_id, value)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (counter_type, resource_id) DO UPDATE SET value = counter_total.value + excluded.value`,
      columnsOf(sumOf(counts, keyOf)),
    );
    const minutes = sumOf(counts, (count) => `${keyOf(count)}|${minuteOf(count.at).toISOString()}`);
    await this.transactions.query(
      `INSERT INTO counter_minute (counter_type, resource_id, value, minute)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])
       ON CONFLICT (minute, counter_type, resource_id) DO UPDATE SET value = counter_minute.value + excluded.value`,
      [...columnsOf(minutes), minutes.map(({ at }) => minuteOf(at))],
    );
  }

  /**
   * The counters of a type with the largest counts in the window, largest first. It reads from a replica if there is one:
   * events update the ranking, so no client expects its own increment in it.
   */
  async top(counterType: string, window: RankingWindow, limit: number): Promise<RankedCounter[]> {
    const hours = window === RankingWindow.HOUR ? 1 : 24;
    const rows = await (window === RankingWindow.ALL
      ? this.transactions.read<RankedRow>(
          `SELECT resource_id, counter_type, value FROM counter_total
            WHERE counter_type = $1 ORDER BY value DESC, resource_id LIMIT $2`,
          [counterType, limit],
        )
      : this.transactions.read<RankedRow>(
          `SELECT resource_id, counter_type, sum(value) AS value FROM counter_minute
            WHERE counter_type = $1 AND minute > now() - make_interval(hours => $3)
            GROUP BY resource_id, counter_type ORDER BY value DESC, resource_id LIMIT $2`,
          [counterType, limit, hours],
        ));
    return rows.map((row) => ({
      resourceId: row.resource_id,
      counterType: row.counter_type,
      value: Number(row.value),
    }));
  }

  /** Deletes the minutes that are older than every window. */
  async prune(): Promise<void> {
    await this.transactions.query(`DELETE FROM counter_minute WHERE minute < now() - interval '25 hours'`);
  }
}

/** One row per key, sorted by key, so that two consumers cannot deadlock. */
function sumOf(counts: readonly Count[], key: (count: Count) => string): Count[] {
  const sums = new Map<string, Count>();
  for (const count of counts) {
    const known = sums.get(key(count));
    sums.set(key(count), { ...count, delta: count.delta + (known?.delta ?? 0) });
  }
  return [...sums].sort(([a], [b]) => compare(a, b)).map(([, count]) => count);
}

function columnsOf(counts: readonly Count[]): [string[], string[], string[]] {
  return [
    counts.map(({ counterType }) => counterType),
    counts.map(({ resourceId }) => resourceId),
    counts.map(({ delta }) => String(delta)),
  ];
}

function minuteOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 60_000) * 60_000);
}

function keyOf({ counterType, resourceId }: Count): string {
  return `${counterType}|${resourceId}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
