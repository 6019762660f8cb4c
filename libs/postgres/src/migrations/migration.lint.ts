import { ADVICE, brokenBy, type MigrationRuleName } from './migration.rules.js';
import type { MigrationScript } from './migration.script.js';

/** A statement that would break running pods, or an excuse that nothing needs. @publicApi */
export interface MigrationFinding {
  migration: string;
  rule: MigrationRuleName | 'needless-excuse';
  /** What to do about it. */
  message: string;
}

/**
 * Finds statements that would break pods of the previous release, which still run during the deployment, or would
 * stop their work. Expand in one release, contract in a later one. A migration may excuse itself, see `breaks`.
 */
export function lintMigration({ name, statements, atomic, breaks }: MigrationScript): MigrationFinding[] {
  const fresh = new Set<string>();
  const faults = statements.flatMap((statement) =>
    [...brokenBy(statement, fresh), ...concurrency(statement, atomic)].map((rule) => ({ rule, statement })),
  );
  const [, second] = statements;
  if (!atomic && second !== undefined) faults.push({ rule: 'half-done', statement: second });
  const findings = faults
    .filter(({ rule }) => !breaks[rule]?.trim())
    .map(({ rule, statement }) => ({
      migration: name,
      rule,
      message: `${name}: ${excerpt(statement)}: ${ADVICE[rule]} [${rule}]`,
    }));
  const needless = Object.keys(breaks).filter((rule) => !faults.some((fault) => fault.rule === rule));
  return [
    ...findings,
    ...needless.map((rule) => ({
      migration: name,
      rule: 'needless-excuse' as const,
      message: `${name}: breaks excuses ${rule}, which it does not break: remove the excuse [needless-excuse]`,
    })),
  ];
}

function concurrency(statement: string, atomic: boolean): MigrationRuleName[] {
  return atomic && /\bindex\b.*\bconcurrently\b/is.test(statement) ? ['concurrent-in-transaction'] : [];
}

function excerpt(statement: string): string {
  const text = statement.replaceAll(/\s+/g, ' ');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
