import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { lintMigration, type ReviewedMigration, scriptOf } from '@app/postgres';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..', '..');
const files = globSync('{apps,libs}/*/src/**/*.migration.ts', { cwd: ROOT }).sort();

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

  it('are found by this spec', () => {
    expect(files.length).toBeGreaterThan(0);
  });
});
