import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Replaced by `outbox_by_queue`. Without it, a relay of the previous release reads by primary key. */
export class DropOutboxUnordered1764300000004 implements MigrationInterface {
  readonly name = 'DropOutboxUnordered1764300000004';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS outbox_unordered');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_unordered ON outbox (id)
      WHERE due_at IS NULL AND aggregate_key IS NULL`);
  }
}
