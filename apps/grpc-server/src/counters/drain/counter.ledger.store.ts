import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { fieldOf, keyOfField } from '../counter.key.js';

/** The state of a shard in PostgreSQL. */
export interface ShardLedger {
  /** The epoch of the shard's data in Redis. Data of another epoch is not valid. */
  epoch: number;
  /** The last batch of the epoch that was committed. */
  sequence: number;
}

/**
 * The sequence of a shard whose epoch PostgreSQL has not committed, or has lost. It makes the next drain copy the
 * values of Redis to PostgreSQL.
 */
export const EPOCH_NOT_COMMITTED = -1;

/** PostgreSQL ends a session that holds the lock of a shard and is idle for this time, in milliseconds. */
const LOCK_IDLE_MS = 5000;

interface ShardRow {
  shard: number;
  epoch: string;
  sequence: string;
}

interface CounterRow {
  resource_id: string;
  counter_type: string;
  value: string;
}

/** The durable counters in PostgreSQL. @throws PostgresUnavailableError */
@Injectable()
export class CounterLedgerStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** The values of the counters that exist, by field. */
  async find(fields: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.transactions.query<CounterRow>(
      `SELECT resource_id, counter_type, value FROM counter
        WHERE (resource_id, counter_type) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
      columnsOf(fields),
    );
    return new Map(rows.map((row) => [fieldOfRow(row), Number(row.value)]));
  }

  /** Adds the deltas of a batch. They are text, because a sum of increments may exceed the safe integers. */
  async add(deltas: ReadonlyMap<string, string>): Promise<void> {
    // Sorted by key, so that two writers cannot deadlock.
    const fields = [...deltas.keys()].sort();
    await this.transactions.query(
      `INSERT INTO counter (resource_id, counter_type, value)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (resource_id, counter_type) DO UPDATE SET value = counter.value + excluded.value`,
      [...columnsOf(fields), fields.map((field) => deltas.get(field))],
    );
  }

  /**
   * Sets counters to the given values. The values are text for the same reason.
   *
   * @returns the delta of each counter that changed
   */
  async set(values: ReadonlyMap<string, string>): Promise<Map<string, string>> {
    const fields = [...values.keys()].sort();
    const rows = await this.transactions.query<CounterRow>(
      `WITH changed AS (
         SELECT resource_id, counter_type, given.value, given.value - coalesce(counter.value, 0) AS delta
           FROM unnest($1::text[], $2::text[], $3::bigint[]) AS given(resource_id, counter_type, value)
           LEFT JOIN counter USING (resource_id, counter_type)
          WHERE given.value <> coalesce(counter.value, 0)
       ), written AS (
         INSERT INTO counter (resource_id, counter_type, value)
         SELECT resource_id, counter_type, value FROM changed
         ON CONFLICT (resource_id, counter_type) DO UPDATE SET value = excluded.value
       )
       SELECT resource_id, counter_type, delta AS value FROM changed`,
      [...columnsOf(fields), fields.map((field) => values.get(field))],
    );
    return new Map(rows.map((row) => [fieldOfRow(row), row.value]));
  }

  /** The ledgers of all shards, by shard. */
  async all(): Promise<Map<number, ShardLedger>> {
    const rows = await this.transactions.query<ShardRow>('SELECT shard, epoch, sequence FROM counter_shard');
    return new Map(rows.map((row) => [row.shard, ledgerOf(row)]));
  }

  /** Locks the row of a shard until the transaction ends. Waits while another transaction holds the lock. */
  async lock(shard: number): Promise<ShardLedger> {
    return (await this.select(shard, 'FOR UPDATE')) ?? { epoch: 0, sequence: 0 };
  }

  /** Locks the row of a shard until the transaction ends; undefined when another transaction holds the lock. */
  tryLock(shard: number): Promise<ShardLedger | undefined> {
    return this.select(shard, 'FOR UPDATE SKIP LOCKED');
  }

  async save(shard: number, { epoch, sequence }: ShardLedger): Promise<void> {
    await this.transactions.query('UPDATE counter_shard SET epoch = $2, sequence = $3 WHERE shard = $1', [
      shard,
      epoch,
      sequence,
    ]);
  }

  private async select(shard: number, lock: string): Promise<ShardLedger | undefined> {
    // A process that stalls while it holds the lock must not block the others for long.
    const [row] = await this.transactions.query<ShardRow>(
      `SELECT shard, epoch, sequence, set_config('idle_in_transaction_session_timeout', '${LOCK_IDLE_MS}', true)
         FROM counter_shard WHERE shard = $1 ${lock}`,
      [shard],
    );
    return row && ledgerOf(row);
  }
}

function ledgerOf({ epoch, sequence }: ShardRow): ShardLedger {
  return { epoch: Number(epoch), sequence: Number(sequence) };
}

function fieldOfRow({ resource_id: resourceId, counter_type: counterType }: CounterRow): string {
  return fieldOf({ resourceId, counterType });
}

function columnsOf(fields: readonly string[]): [string[], string[]] {
  const keys = fields.map(keyOfField);
  return [keys.map(({ resourceId }) => resourceId), keys.map(({ counterType }) => counterType)];
}
