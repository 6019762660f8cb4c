import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateJobRun1763600001000 implements MigrationInterface {
  readonly name = 'CreateJobRun1763600001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE job_run (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job text NOT NULL,
        scheduled_at timestamptz NOT NULL,
        started_at timestamptz NOT NULL,
        finished_at timestamptz,
        outcome text,
        attempt integer NOT NULL,
        host text NOT NULL,
        fence bigint NOT NULL,
        error text,
        UNIQUE (job, scheduled_at)
      )`);
    await runner.query(
      'CREATE INDEX job_run_unfinished ON job_run (job, scheduled_at) WHERE finished_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE job_run');
  }
}
