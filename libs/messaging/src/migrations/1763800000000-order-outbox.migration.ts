import type { ReviewedMigration } from '@app/postgres';
import type { QueryRunner } from 'typeorm';

const ADDED = ['outbox_unordered', 'outbox_ordered', 'outbox_put_off'];

/** The relay takes events with and without an aggregate key separately, and finds which are deferred. */
export class OrderOutbox1763800000000 implements ReviewedMigration {
  readonly name = 'OrderOutbox1763800000000';
  readonly breaks = {
    'index-not-concurrent':
      'the outbox holds only what is not published yet: its indexes are made in a moment',
  };

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox ADD COLUMN waiting_since timestamptz NOT NULL DEFAULT now()');
    await runner.query('ALTER TABLE outbox ADD COLUMN exchange text');
    await runner.query(
      'CREATE INDEX outbox_unordered ON outbox (id) WHERE due_at IS NULL AND aggregate_key IS NULL',
    );
    await runner.query(
      'CREATE INDEX outbox_ordered ON outbox (id) WHERE due_at IS NULL AND aggregate_key IS NOT NULL',
    );
    await runner.query(
      'CREATE INDEX outbox_put_off ON outbox (queue, aggregate_key, id) WHERE due_at IS NOT NULL AND aggregate_key IS NOT NULL',
    );
    await runner.query('DROP INDEX outbox_ready');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX outbox_ready ON outbox (id) WHERE due_at IS NULL');
    for (const index of ADDED) await runner.query(`DROP INDEX ${index}`);
    await runner.query('ALTER TABLE outbox DROP COLUMN exchange, DROP COLUMN waiting_since');
  }
}
