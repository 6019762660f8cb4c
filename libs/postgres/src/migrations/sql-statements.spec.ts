import { describe, expect, it } from '@jest/globals';
import { withoutSchema } from './sql-statements.js';

describe('a generated statement', () => {
  it.each([
    ['DROP INDEX "library"."book_title"', 'DROP INDEX "book_title"'],
    ['ALTER INDEX "library"."a" RENAME TO "b"', 'ALTER INDEX "a" RENAME TO "b"'],
    [
      'CREATE TYPE "library"."colour" AS ENUM(\'red\', \'"library".\')',
      'CREATE TYPE "colour" AS ENUM(\'red\', \'"library".\')',
    ],
    [
      'ALTER TABLE "a"."b" ADD "c" "library"."colour"[] NOT NULL',
      'ALTER TABLE "a"."b" ADD "c" "colour"[] NOT NULL',
    ],
    ['ALTER TABLE "book" ADD "library" text', 'ALTER TABLE "book" ADD "library" text'],
  ])('loses the name of its schema: %s', (statement, bare) => {
    expect(withoutSchema(statement, 'library')).toBe(bare);
  });
});
