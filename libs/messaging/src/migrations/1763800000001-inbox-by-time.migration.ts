import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The order in which inbox rows are deleted. */
export class InboxByTime1763800000001 implements MigrationInterface {
  readonly name = 'InboxByTime1763800000001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY IF NOT EXISTS inbox_by_time ON inbox (done_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS inbox_by_time');
  }
}
