import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Tasks1763650000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE task (
        message_id uuid        PRIMARY KEY,
        payload    jsonb       NOT NULL,
        done_at    timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX task_done ON task (done_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE task');
  }
}
