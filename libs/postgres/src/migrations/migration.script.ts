import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigrationUnreadableError } from '../postgres.errors.js';
import type { MigrationRuleName } from './migration.rules.js';
import { splitStatements } from './sql-statements.js';

/** A migration that may declare which rules it breaks on purpose. @publicApi */
export interface ReviewedMigration extends MigrationInterface {
  /**
   * Rules that it breaks, each with the reason why no running pod is affected:
   * `{ 'drop-column': 'unread since 1.4' }`.
   */
  readonly breaks?: Partial<Record<MigrationRuleName, string>>;
}

/** The statements that a migration would send, found without a database. */
export interface MigrationScript {
  readonly name: string;
  readonly statements: readonly string[];
  /** Whether it runs in a transaction. */
  readonly atomic: boolean;
  readonly breaks: Readonly<Record<string, string>>;
}

/**
 * Runs `up` against a recorder that returns no rows for every query.
 *
 * @throws MigrationUnreadableError when it uses any member of the runner but `query`: migrations are plain SQL
 */
export async function scriptOf(name: string, migration: ReviewedMigration): Promise<MigrationScript> {
  const statements: string[] = [];
  const query = (sql: string) => {
    statements.push(...splitStatements(sql));
    return Promise.resolve([]);
  };
  const recorder = new Proxy({} as QueryRunner, {
    get(_target, key) {
      if (key === 'query') return query;
      if (key === 'manager') return recorder;
      throw MigrationUnreadableError.of(name, String(key));
    },
  });
  await migration.up(recorder);
  return { name, statements, atomic: migration.transaction !== false, breaks: { ...migration.breaks } };
}
