import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHandlerStart1764200000000 implements MigrationInterface {
  readonly name = 'CreateHandlerStart1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE handler_start (
        message_id uuid        NOT NULL,
        queue      text        NOT NULL,
        starts     integer     NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (message_id, queue)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE handler_start');
  }
}
