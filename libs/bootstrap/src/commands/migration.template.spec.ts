import { describe, expect, it } from '@jest/globals';
import { migrationSource } from './migration.template.js';

describe('the source of a migration', () => {
  const source = migrationSource('add-title', 1_700_000_000_001, {
    up: ['ALTER TABLE "book" ADD "title" text DEFAULT `${x}`'],
    down: ['ALTER TABLE "book" DROP COLUMN "title"'],
  });

  it('names the class after the file, with the timestamp by which migrations are ordered', () => {
    expect(source).toContain('export class AddTitle1700000000001 implements MigrationInterface {');
    expect(source).toContain("readonly name = 'AddTitle1700000000001';");
  });

  it('contains the statements, escaped for a template literal', () => {
    expect(source).toContain(
      'await runner.query(`ALTER TABLE "book" ADD "title" text DEFAULT \\`\\${x}\\``);',
    );
    expect(source).toContain('await runner.query(`ALTER TABLE "book" DROP COLUMN "title"`);');
  });
});
