import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An index in the key order of the object store. The sweep reads the records in this order. */
export class FileKeyOrder1763740000001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY IF NOT EXISTS file_key_order ON file (key COLLATE "C")');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS file_key_order');
  }
}
