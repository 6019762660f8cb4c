import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Users1763650100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE user_account (
        id            uuid        PRIMARY KEY,
        email         text        NOT NULL,
        name          text        NOT NULL,
        roles         text[]      NOT NULL,
        password_hash text        NOT NULL,
        version       bigint      NOT NULL DEFAULT 1,
        created_at    timestamptz NOT NULL DEFAULT now(),
        updated_at    timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX user_account_email ON user_account (lower(email))');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_account');
  }
}
