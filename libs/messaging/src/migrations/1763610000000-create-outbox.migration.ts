import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOutbox1763610000000 implements MigrationInterface {
  readonly name = 'CreateOutbox1763610000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        message_id    uuid        NOT NULL,
        queue         text        NOT NULL,
        type          text,
        aggregate_key text,
        headers       jsonb       NOT NULL,
        payload       bytea       NOT NULL,
        due_at        timestamptz,
        created_at    timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX outbox_ready ON outbox (id) WHERE due_at IS NULL');
    await runner.query('CREATE INDEX outbox_due ON outbox (due_at) WHERE due_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox');
  }
}
