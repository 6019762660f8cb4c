import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The order of the object store, in which the sweep goes through the records. */
export class FileKeyOrder1763740000001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY IF NOT EXISTS file_key_order ON file (key COLLATE "C")');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS file_key_order');
  }
}
