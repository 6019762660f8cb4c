import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The relay finds the oldest events of each queue that have no key. */
export class OutboxByQueue1764300000001 implements MigrationInterface {
  readonly name = 'OutboxByQueue1764300000001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_by_queue ON outbox (queue, id)
      WHERE due_at IS NULL AND aggregate_key IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS outbox_by_queue');
  }
}
