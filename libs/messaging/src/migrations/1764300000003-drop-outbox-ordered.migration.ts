import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Replaced by `outbox_by_lane`. Without it, a relay of the previous release reads by primary key. */
export class DropOutboxOrdered1764300000003 implements MigrationInterface {
  readonly name = 'DropOutboxOrdered1764300000003';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS outbox_ordered');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_ordered ON outbox (id)
      WHERE due_at IS NULL AND aggregate_key IS NOT NULL`);
  }
}
