import { type CounterDelta, type RankedCounter, RankingWindow } from '@app/contracts';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

interface RankedRow {
  resource_id: string;
  counter_type: string;
  value: string;
}

/** Counts by minute for the windows, and in all. */
@Injectable()
export class CounterRankingStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Adds what was counted at a time; part of the transaction that notes the event in the inbox. */
  async add(deltas: readonly CounterDelta[], at: Date): Promise<void> {
    // In the order of the key, so that two consumers never wait for each other crosswise.
    const ordered = [...deltas].sort((a, b) => compare(keyOf(a), keyOf(b)));
    const columns = [
      ordered.map(({ counterType }) => counterType),
      ordered.map(({ resourceId }) => resourceId),
      ordered.map(({ delta }) => delta),
    ];
    await this.transactions.query(
      `INSERT INTO counter_total (counter_type, resource_id, value)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (counter_type, resource_id) DO UPDATE SET value = counter_total.value + excluded.value`,
      columns,
    );
    await this.transactions.query(
      `INSERT INTO counter_minute (minute, counter_type, resource_id, value)
       SELECT date_trunc('minute', $4::timestamptz), * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (minute, counter_type, resource_id) DO UPDATE SET value = counter_minute.value + excluded.value`,
      [...columns, at],
    );
  }

  /** The counters of a type that counted most in the window, largest first. */
  async top(counterType: string, window: RankingWindow, limit: number): Promise<RankedCounter[]> {
    const hours = window === RankingWindow.HOUR ? 1 : 24;
    const rows = await (window === RankingWindow.ALL
      ? this.transactions.query<RankedRow>(
          `SELECT resource_id, counter_type, value FROM counter_total
            WHERE counter_type = $1 ORDER BY value DESC, resource_id LIMIT $2`,
          [counterType, limit],
        )
      : this.transactions.query<RankedRow>(
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

  /** Drops the minutes that no window reaches any more. */
  async prune(): Promise<void> {
    await this.transactions.query(`DELETE FROM counter_minute WHERE minute < now() - interval '25 hours'`);
  }
}

function keyOf({ counterType, resourceId }: CounterDelta): string {
  return `${counterType}|${resourceId}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
