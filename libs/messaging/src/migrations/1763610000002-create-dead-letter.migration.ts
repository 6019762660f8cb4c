import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDeadLetter1763610000002 implements MigrationInterface {
  readonly name = 'CreateDeadLetter1763610000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dead_letter (
        id              uuid        PRIMARY KEY,
        message_id      uuid        NOT NULL,
        queue           text        NOT NULL,
        type            text,
        reason          text        NOT NULL,
        attempts        integer     NOT NULL,
        first_failed_at timestamptz NOT NULL,
        dead_at         timestamptz NOT NULL,
        headers         jsonb       NOT NULL,
        payload         bytea       NOT NULL,
        errors          jsonb       NOT NULL,
        UNIQUE (message_id, queue)
      )`);
    await runner.query('CREATE INDEX dead_letter_by_queue ON dead_letter (queue, dead_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letter');
  }
}
