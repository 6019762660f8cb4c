import { describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { MigrationUnreadableError } from '../postgres.errors.js';
import { lintMigration } from './migration.lint.js';
import { type ReviewedMigration, scriptOf } from './migration.script.js';

const migrationOf = (
  statements: readonly string[],
  more: Partial<ReviewedMigration> = {},
): ReviewedMigration => ({
  async up(runner) {
    for (const sql of statements) await runner.query(sql);
  },
  down: () => Promise.resolve(),
  ...more,
});

async function rulesBrokenBy(statements: readonly string[], more: Partial<ReviewedMigration> = {}) {
  const findings = lintMigration(await scriptOf('Change1', migrationOf(statements, more)));
  return findings.map(({ rule }) => rule);
}

describe('a migration that would break running pods', () => {
  it.each([
    ['ALTER TABLE book DROP COLUMN title', 'drop-column'],
    ['alter table if exists only "library"."book" drop "title" cascade', 'drop-column'],
    ['ALTER TABLE book ADD COLUMN a text, DROP COLUMN b', 'drop-column'],
    ['DROP TABLE IF EXISTS book', 'drop-table'],
    ['DROP VIEW shelf', 'drop-object'],
    ['ALTER TABLE book RENAME COLUMN title TO name', 'rename'],
    ['ALTER TABLE book RENAME title TO name', 'rename'],
    ['ALTER TABLE book RENAME TO volume', 'rename'],
    ['ALTER TABLE book SET SCHEMA other', 'rename'],
    ["ALTER TYPE colour RENAME VALUE 'red' TO 'rot'", 'rename'],
    ['ALTER TABLE book ALTER COLUMN pages TYPE bigint', 'type-change'],
    ['ALTER TABLE book ALTER pages SET DATA TYPE bigint USING pages::bigint', 'type-change'],
    ['ALTER TABLE book ALTER COLUMN title SET NOT NULL', 'not-null'],
    ['ALTER TABLE book ADD COLUMN title text NOT NULL', 'not-null'],
    ['ALTER TABLE book ADD COLUMN price numeric(10, 2) NOT NULL', 'not-null'],
    ["ALTER TABLE book ADD title text NOT NULL /* DEFAULT '' */", 'not-null'],
    ['ALTER TABLE book ALTER COLUMN title DROP DEFAULT', 'drop-default'],
    ['ALTER TABLE book ADD CONSTRAINT positive CHECK (pages > 0)', 'constraint-not-valid'],
    ['ALTER TABLE book ADD FOREIGN KEY (shelf) REFERENCES shelf (id)', 'constraint-not-valid'],
    ['ALTER TABLE book ADD CONSTRAINT one UNIQUE (title)', 'constraint-not-valid'],
    ['ALTER TABLE book ADD PRIMARY KEY (id)', 'constraint-not-valid'],
    ['ALTER TABLE book ADD COLUMN shelf integer REFERENCES shelf', 'constraint-not-valid'],
    ['CREATE INDEX book_title ON book (title)', 'index-not-concurrent'],
    ['create unique index if not exists book_title on only book using btree (title)', 'index-not-concurrent'],
    ['DROP INDEX book_title', 'index-not-concurrent'],
    ['ALTER TABLE book ADD COLUMN id uuid DEFAULT gen_random_uuid()', 'table-rewrite'],
    ['ALTER TABLE book ADD COLUMN n bigserial', 'table-rewrite'],
    ['ALTER TABLE book SET UNLOGGED', 'table-rewrite'],
    ['VACUUM FULL book', 'table-rewrite'],
    ["UPDATE book SET title = ' where '", 'unbounded-write'],
    ['DELETE FROM book', 'unbounded-write'],
    ['TRUNCATE book', 'unbounded-write'],
    ['LOCK TABLE book IN EXCLUSIVE MODE', 'exclusive-lock'],
    ['DO $$ BEGIN DROP TABLE book; END $$', 'procedural-block'],
    ['SELECT 1; -- nothing\n DROP TABLE book', 'drop-table'],
  ])('is reported: %s', async (sql, rule) => {
    await expect(rulesBrokenBy([sql])).resolves.toEqual([rule]);
  });

  it.each([
    'ALTER TABLE book ADD COLUMN title text',
    "ALTER TABLE book ADD COLUMN title text NOT NULL DEFAULT 'drop column'",
    'ALTER TABLE book ADD COLUMN at timestamptz NOT NULL DEFAULT now()',
    'ALTER TABLE book ADD CONSTRAINT positive CHECK (pages > 0) NOT VALID',
    'ALTER TABLE book VALIDATE CONSTRAINT positive',
    'ALTER TABLE book ADD CONSTRAINT one UNIQUE USING INDEX book_title',
    'ALTER TABLE book DROP CONSTRAINT positive',
    'ALTER TABLE book ALTER COLUMN title DROP NOT NULL',
    'ALTER TABLE book ALTER COLUMN "drop" SET DEFAULT 1',
    "COMMENT ON TABLE book IS 'DROP TABLE book; the joke'",
    'UPDATE book SET title = $1 WHERE id = 1',
    'CREATE TABLE book (id integer PRIMARY KEY, shelf integer NOT NULL REFERENCES shelf)',
  ])('does not include: %s', async (sql) => {
    await expect(rulesBrokenBy([sql])).resolves.toEqual([]);
  });

  it('may change a table that it creates itself in any way', async () => {
    const statements = [
      'CREATE TABLE "library"."book" (id integer)',
      'ALTER TABLE library.book ADD COLUMN title text NOT NULL',
      'CREATE INDEX book_title ON library.book (title)',
      'UPDATE book SET id = 1',
    ];
    await expect(rulesBrokenBy(statements)).resolves.toEqual([]);
  });

  it('may create an index CONCURRENTLY, outside of a transaction and as its only statement', async () => {
    const index = 'CREATE INDEX CONCURRENTLY book_title ON book (title)';
    await expect(rulesBrokenBy([index])).resolves.toEqual(['concurrent-in-transaction']);
    await expect(rulesBrokenBy([index], { transaction: false })).resolves.toEqual([]);
    await expect(rulesBrokenBy([index, 'SELECT 1'], { transaction: false })).resolves.toEqual(['half-done']);
  });

  it('is reported with its statement and a remedy', async () => {
    const script = await scriptOf('Change1', migrationOf(['ALTER TABLE book DROP COLUMN title']));
    const [finding] = lintMigration(script);
    expect(finding?.message).toMatch(
      /^Change1: ALTER TABLE book DROP COLUMN title: .* in a later one \[drop-column\]$/,
    );
  });

  it('is excused by a reason for each rule that it breaks, and for no other rule', async () => {
    const statements = ['ALTER TABLE book DROP COLUMN title'];
    const breaks = (reasons: ReviewedMigration['breaks'] & object) =>
      rulesBrokenBy(statements, { breaks: reasons });
    await expect(breaks({ 'drop-column': 'unread since 1.4' })).resolves.toEqual([]);
    await expect(breaks({ 'drop-column': ' ' })).resolves.toEqual(['drop-column']);
    await expect(breaks({ 'drop-column': 'unread', rename: 'none' })).resolves.toEqual(['needless-excuse']);
  });

  it('is reported as unreadable when it does more than send SQL', async () => {
    const migration = migrationOf([], { up: (runner: QueryRunner) => runner.dropTable('book') });
    await expect(scriptOf('Change1', migration)).rejects.toBeInstanceOf(MigrationUnreadableError);
  });
});
