import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Migration, Migrator } from '@app/postgres';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Column, Entity, Index, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { CommandError } from './command.errors.js';
import { generate } from './generate.command.js';

@Entity()
class Shelf {
  @PrimaryColumn('integer') id = 0;
  @Index('shelf_label') @Column('text') label = '';
}

class CreateShelf1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE shelf (id integer PRIMARY KEY, label text NOT NULL)');
    await runner.query('CREATE INDEX shelf_label ON shelf (label)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shelf');
  }
}

describe('the command generate', () => {
  const home = process.cwd();
  let scratch: ScratchPostgres;
  let directory: string;
  let printed: string;

  const run = (name: string, migrations: readonly Migration[] = []) => {
    const features = { entities: [Shelf], migrations };
    return generate({ app: 'library', config: scratch.config, features, parameters: [name] });
  };

  beforeEach(async () => {
    scratch = await ScratchPostgres.create();
    directory = await mkdtemp(join(tmpdir(), 'generate-'));
    process.chdir(directory);
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    process.chdir(home);
    await rm(directory, { recursive: true });
    await scratch.drop();
  });

  it('writes the difference between tables and entities into the slice, and prints the path', async () => {
    await run('shelves/create-shelf');
    const [file = ''] = printed.split('\n');
    expect(file).toMatch(/^apps\/library\/src\/shelves\/migrations\/\d{13}-create-shelf\.migration\.ts$/);
    const source = await readFile(file, 'utf8');
    expect(source).toContain('CREATE TABLE "shelf" ("id" integer NOT NULL, "label" text NOT NULL');
    expect(source).toContain('DROP INDEX "shelf_label"');
    expect(source).toContain('DROP TABLE "shelf"');
    expect(source).not.toContain(scratch.schema);
  });

  it('writes nothing when the tables match the entities, and reports it', async () => {
    const migrations = [CreateShelf1700000000001];
    await new Migrator(scratch.config, { entities: [], migrations }).migrate();
    await run('nothing', migrations);
    expect(printed).toMatch(/no migration was written/);
    expect(await readdir(directory)).toEqual([]);
  });

  it('rejects an invalid name, and a database that lacks a migration', async () => {
    await expect(run('../elsewhere')).rejects.toBeInstanceOf(CommandError);
    await expect(run('early', [CreateShelf1700000000001])).rejects.toThrow(/lacks CreateShelf1700000000001/);
    expect(await readdir(directory)).toEqual([]);
  });
});
