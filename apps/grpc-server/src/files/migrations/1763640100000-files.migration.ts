import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Files1763640100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE file (
        key          text        PRIMARY KEY,
        size         bigint      NOT NULL CHECK (size >= 0),
        content_type text        NOT NULL,
        sha256       text        NOT NULL,
        owner        text,
        etag         text,
        created_at   timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE file');
  }
}
