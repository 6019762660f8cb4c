import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { MigrationFailedError, Migrator } from '../index.js';

class CreateBook1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE book (id integer PRIMARY KEY)');
    await runner.query('SELECT pg_sleep(0.2)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE book');
  }
}

class AddTitle1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE book ADD COLUMN title text');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE book DROP COLUMN title');
  }
}

class Broken1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE book ADD COLUMN half_done text');
    await runner.query('ALTER TABLE no_such_table ADD COLUMN x text');
  }
  async down(): Promise<void> {}
}

class HalfDone1700000000004 implements MigrationInterface {
  readonly transaction = false;
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY book_title ON book (no_such_column)');
  }
  async down(): Promise<void> {}
}

@Entity()
class Book {
  @PrimaryColumn('integer') id = 0;
  @Column('text', { nullable: true }) title: string | null = null;
}

describe('the migrator', () => {
  let scratch: ScratchPostgres;

  const migrations = [AddTitle1700000000002, CreateBook1700000000001];
  const migrator = (more: typeof migrations = []) =>
    new Migrator(scratch.config, { entities: [], migrations: [...migrations, ...more] });
  const columns = async () =>
    (
      await scratch.execute<{ name: string }>(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'book' ORDER BY 1",
        [scratch.schema],
      )
    ).map(({ name }) => name);

  beforeEach(async () => {
    Logger.overrideLogger(false);
    scratch = await ScratchPostgres.create();
    await scratch.execute(`DROP SCHEMA ${scratch.schema}`);
  });
  afterEach(() => scratch.drop());

  it('creates the schema and runs the pending migrations by timestamp', async () => {
    await expect(migrator().migrate()).resolves.toEqual(['CreateBook1700000000001', 'AddTitle1700000000002']);
    await expect(migrator().migrate()).resolves.toEqual([]);
    expect(await columns()).toEqual(['id', 'title']);
  });

  it('runs each migration once when three processes migrate at the same time, and all continue', async () => {
    const runs = await Promise.all([migrator().migrate(), migrator().migrate(), migrator().migrate()]);
    expect(runs.flat().sort()).toEqual(['AddTitle1700000000002', 'CreateBook1700000000001']);
  });

  it('keeps the schema as it was when a migration fails, and reports which one and why', async () => {
    const outcome = migrator([Broken1700000000003]).migrate();
    await expect(outcome).rejects.toBeInstanceOf(MigrationFailedError);
    await expect(outcome).rejects.toThrow(/Broken1700000000003 .*no_such_table/);
    expect(await columns()).toEqual(['id', 'title']);
  });

  it('lists the pending migrations in a plan, and changes nothing', async () => {
    const schemas = () =>
      scratch.execute('SELECT nspname FROM pg_namespace WHERE nspname = $1', [scratch.schema]);
    const plan = await migrator([Broken1700000000003]).plan();
    expect(plan.map(({ name, statements }) => [name, ...statements])).toEqual([
      ['CreateBook1700000000001', 'CREATE TABLE book (id integer PRIMARY KEY)', 'SELECT pg_sleep(0.2)'],
      ['AddTitle1700000000002', 'ALTER TABLE book ADD COLUMN title text'],
      [
        'Broken1700000000003',
        'ALTER TABLE book ADD COLUMN half_done text',
        'ALTER TABLE no_such_table ADD COLUMN x text',
      ],
    ]);
    expect(await schemas()).toEqual([]);
    await migrator().migrate();
    await expect(migrator().plan()).resolves.toEqual([]);
  });

  it('reports that a migration that failed outside of a transaction may be partly applied', async () => {
    const outcome = migrator([HalfDone1700000000004]).migrate();
    await expect(outcome).rejects.toThrow(/HalfDone1700000000004 \(up\) failed outside a transaction/);
  });

  it('reverts the migration that ran last', async () => {
    await migrator().migrate();
    await expect(migrator().rollback()).resolves.toBe('AddTitle1700000000002');
    expect(await columns()).toEqual(['id']);
    await expect(migrator().rollback()).resolves.toBe('CreateBook1700000000001');
    await expect(migrator().rollback()).resolves.toBeUndefined();
  });

  it('does not revert a migration that the build does not contain', async () => {
    await migrator().migrate();
    const older = new Migrator(scratch.config, { entities: [], migrations: [CreateBook1700000000001] });
    await expect(older.rollback()).rejects.toThrow(/AddTitle1700000000002/);
  });

  it('lists how the tables differ from the entities, without the name of the schema', async () => {
    await new Migrator(scratch.config, { entities: [], migrations: [CreateBook1700000000001] }).migrate();
    const difference = await new Migrator(scratch.config, { entities: [Book], migrations: [] }).difference();
    expect(difference).toEqual({
      up: ['ALTER TABLE "book" ADD "title" text'],
      down: ['ALTER TABLE "book" DROP COLUMN "title"'],
    });
  });
});
