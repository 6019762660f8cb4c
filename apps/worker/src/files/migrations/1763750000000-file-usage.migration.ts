import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FileUsage1763750000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE file_usage (
        owner        text   NOT NULL,
        content_type text   NOT NULL,
        files        bigint NOT NULL,
        bytes        bigint NOT NULL,
        PRIMARY KEY (owner, content_type)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE file_usage');
  }
}
