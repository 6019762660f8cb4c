import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The order in which handled letters are removed. */
export class DeadLetterHandled1764300000006 implements MigrationInterface {
  readonly name = 'DeadLetterHandled1764300000006';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX CONCURRENTLY IF NOT EXISTS dead_letter_handled ON dead_letter (handled_at)
      WHERE status NOT IN ('dead', 'redriving')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS dead_letter_handled');
  }
}
