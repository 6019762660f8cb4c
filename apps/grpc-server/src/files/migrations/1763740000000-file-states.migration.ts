import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FileStates1763740000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE file
        ADD COLUMN state text NOT NULL DEFAULT 'stored',
        ADD COLUMN state_since timestamptz NOT NULL DEFAULT now(),
        ADD CONSTRAINT file_state_check
          CHECK (state IN ('stored', 'missing', 'removing', 'orphaned')) NOT VALID,
        ALTER COLUMN sha256 DROP NOT NULL`);
    await runner.query(`
      CREATE TABLE file_reservation (
        key        text        PRIMARY KEY,
        owner      text,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX file_reservation_expiry ON file_reservation (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE file_reservation');
    await runner.query(`DELETE FROM file WHERE sha256 IS NULL OR state <> 'stored'`);
    await runner.query(
      'ALTER TABLE file DROP COLUMN state, DROP COLUMN state_since, ALTER COLUMN sha256 SET NOT NULL',
    );
  }
}
