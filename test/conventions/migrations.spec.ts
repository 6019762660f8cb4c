import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { lintMigration, type ReviewedMigration, scriptOf } from '@app/postgres';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..', '..');
const files = globSync('{apps,libs}/*/src/**/*.migration.ts', { cwd: ROOT }).sort();

/** The schemas of the apps, and that of PostgreSQL, before a name. */
const SCHEMAS = /\b(grpc_server|cron_server|worker|public)"?\s*\./i;
const NOTHING = () => Promise.resolve();

type Loaded = Record<string, new () => ReviewedMigration>;

describe('the migrations of every app and lib', () => {
  it.each(files)('can run while pods of the previous release are running: %s', async (file) => {
    const classes = Object.entries((await import(resolve(ROOT, file))) as Loaded);
    expect(classes).toHaveLength(1);
    for (const [name, Migration] of classes) {
      const findings = lintMigration(await scriptOf(name, new Migration()));
      expect(findings.map(({ message }) => message)).toEqual([]);
    }
  });

  it.each(files)('name no schema, because the search path of their app is the schema: %s', async (file) => {
    const loaded = (await import(resolve(ROOT, file))) as Loaded;
    for (const [name, Migration] of Object.entries(loaded)) {
      const migration = new Migration();
      const { statements: up } = await scriptOf(name, migration);
      const { statements: down } = await scriptOf(name, {
        up: (runner) => migration.down(runner),
        down: NOTHING,
      });
      expect([...up, ...down].filter((statement) => SCHEMAS.test(statement))).toEqual([]);
    }
  });

  it('are found by this spec', () => {
    expect(files.length).toBeGreaterThan(0);
  });
});
