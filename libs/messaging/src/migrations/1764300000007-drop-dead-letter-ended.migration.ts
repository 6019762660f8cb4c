import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Replaced by `dead_letter_handled`; without it, the previous release scans the table to remove letters. */
export class DropDeadLetterEnded1764300000007 implements MigrationInterface {
  readonly name = 'DropDeadLetterEnded1764300000007';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS dead_letter_ended');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS dead_letter_ended ON dead_letter (handled_at)
      WHERE status IN ('redriven', 'discarded')`);
  }
}
