import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { fieldOf, keyOfField } from './counter.key.js';

/** What PostgreSQL knows of a shard: the life of Redis's data that counts, and the last batch that it has. */
export interface ShardLedger {
  epoch: number;
  sequence: number;
}

interface CounterRow {
  resource_id: string;
  counter_type: string;
  value: string;
}

/** The counters in PostgreSQL, where they last. @throws PostgresUnavailableError */
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
    return new Map(
      rows.map((row) => [
        fieldOf({ resourceId: row.resource_id, counterType: row.counter_type }),
        Number(row.value),
      ]),
    );
  }

  /** Adds what was counted since the last batch. */
  async add(deltas: ReadonlyMap<string, number>): Promise<void> {
    // In the order of the key, so that two writers never wait for each other crosswise.
    const fields = [...deltas.keys()].sort();
    await this.transactions.query(
      `INSERT INTO counter (resource_id, counter_type, value)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (resource_id, counter_type) DO UPDATE SET value = counter.value + excluded.value`,
      [...columnsOf(fields), fields.map((field) => deltas.get(field))],
    );
  }

  /** Locks a shard for this transaction; waits for who has it. */
  async lock(shard: number): Promise<ShardLedger> {
    const ledger = await this.select(shard, 'FOR UPDATE');
    return ledger ?? { epoch: 0, sequence: 0 };
  }

  /** Locks a shard for this transaction, unless somebody else is at it. */
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
    const [row] = await this.transactions.query<{ epoch: string; sequence: string }>(
      `SELECT epoch, sequence FROM counter_shard WHERE shard = $1 ${lock}`,
      [shard],
    );
    return row && { epoch: Number(row.epoch), sequence: Number(row.sequence) };
  }
}

function columnsOf(fields: readonly string[]): [string[], string[]] {
  const keys = fields.map(keyOfField);
  return [keys.map(({ resourceId }) => resourceId), keys.map(({ counterType }) => counterType)];
}
