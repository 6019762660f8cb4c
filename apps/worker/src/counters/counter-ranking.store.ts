import { type CounterDelta, type RankedCounter, RankingWindow } from '@app/contracts';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

interface RankedRow {
  resource_id: string;
  counter_type: string;
  value: string;
}

/** A change of a counter, with the time at which it was counted. */
export interface TimedDelta extends CounterDelta {
  readonly at: Date;
}

/** The ranking of counters in PostgreSQL: sums of their deltas per minute for the time windows, and totals. */
@Injectable()
export class CounterRankingStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Adds deltas. Runs in the transaction that records their events in the inbox. */
  async add(deltas: readonly TimedDelta[]): Promise<void> {
    await this.transactions.query(
      `INSERT INTO counter_total (counter_type, resource_id, value)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (counter_type, resource_id) DO UPDATE SET value = counter_total.value + excluded.value`,
      columnsOf(sumOf(deltas, keyOf)),
    );
    const minutes = sumOf(deltas, (delta) => `${keyOf(delta)}|${minuteOf(delta.at).toISOString()}`);
    await this.transactions.query(
      `INSERT INTO counter_minute (counter_type, resource_id, value, minute)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])
       ON CONFLICT (minute, counter_type, resource_id) DO UPDATE SET value = counter_minute.value + excluded.value`,
      [...columnsOf(minutes), minutes.map(({ at }) => minuteOf(at))],
    );
  }

  /**
   * The counters of a type with the largest sums in the window, largest first. The query runs on a replica if there is
   * one. Replication lag is acceptable, because events update the ranking some time after each increment.
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

  /** Deletes the minutes that are older than the longest window, a day, and an hour of tolerance. */
  async prune(): Promise<void> {
    await this.transactions.query(`DELETE FROM counter_minute WHERE minute < now() - interval '25 hours'`);
  }
}

/** Sums the deltas of each key. The result is sorted by key, so that two consumers cannot deadlock. */
function sumOf(deltas: readonly TimedDelta[], key: (delta: TimedDelta) => string): TimedDelta[] {
  const sums = new Map<string, TimedDelta>();
  for (const each of deltas) {
    const sum = sums.get(key(each))?.delta ?? 0;
    sums.set(key(each), { ...each, delta: sum + each.delta });
  }
  return [...sums].sort(([a], [b]) => compare(a, b)).map(([, sum]) => sum);
}

/** The columns `counter_type`, `resource_id` and `value` as arrays for `unnest`. */
function columnsOf(deltas: readonly TimedDelta[]): [string[], string[], string[]] {
  return [
    deltas.map(({ counterType }) => counterType),
    deltas.map(({ resourceId }) => resourceId),
    deltas.map(({ delta }) => String(delta)),
  ];
}

function minuteOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 60_000) * 60_000);
}

function keyOf({ counterType, resourceId }: TimedDelta): string {
  return `${counterType}|${resourceId}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
