import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The metrics find the oldest event, and count waiting events up to a limit, without reading the table. */
export class OutboxByWaiting1764300000002 implements MigrationInterface {
  readonly name = 'OutboxByWaiting1764300000002';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_by_waiting ON outbox (waiting_since)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS outbox_by_waiting');
  }
}
