import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInbox1763610000001 implements MigrationInterface {
  readonly name = 'CreateInbox1763610000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE inbox (
        message_id uuid        NOT NULL,
        queue      text        NOT NULL,
        done_at    timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (message_id, queue)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox');
  }
}
