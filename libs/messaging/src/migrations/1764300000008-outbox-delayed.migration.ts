import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds a delayed message by its id. */
export class OutboxDelayed1764300000008 implements MigrationInterface {
  readonly name = 'OutboxDelayed1764300000008';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_delayed ON outbox (message_id) WHERE due_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS outbox_delayed');
  }
}
