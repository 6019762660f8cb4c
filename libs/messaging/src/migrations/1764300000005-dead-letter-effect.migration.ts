import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the message of a letter had its effect. The letter prevents a second effect. */
export class DeadLetterEffect1764300000005 implements MigrationInterface {
  readonly name = 'DeadLetterEffect1764300000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dead_letter ADD COLUMN done_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dead_letter DROP COLUMN done_at');
  }
}
