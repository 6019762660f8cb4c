import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { CommandError } from './command.errors.js';
import { generate } from './generate.command.js';

@Entity()
class Shelf {
  @PrimaryColumn('integer') id = 0;
  @Column('text') label = '';
}

describe('the command generate', () => {
  const home = process.cwd();
  let scratch: ScratchPostgres;
  let directory: string;
  let printed: string;

  const run = (name: string) => {
    const features = { entities: [Shelf], migrations: [] };
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
    expect(source).toContain('DROP TABLE "shelf"');
    expect(source).not.toContain(scratch.schema);
  });

  it('rejects an invalid name, and tables without a difference', async () => {
    await expect(run('../elsewhere')).rejects.toBeInstanceOf(CommandError);
    await scratch.execute('CREATE TABLE shelf (id integer NOT NULL, label text NOT NULL)');
    await scratch.execute('ALTER TABLE shelf ADD CONSTRAINT "PK_x" PRIMARY KEY (id)');
    await expect(run('nothing')).rejects.toThrow(/nothing to generate/);
  });
});
