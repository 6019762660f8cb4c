import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLease1763600000000 implements MigrationInterface {
  readonly name = 'CreateLease1763600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lease (
        name text PRIMARY KEY,
        fence bigint NOT NULL,
        holder text,
        expires_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE lease');
  }
}
