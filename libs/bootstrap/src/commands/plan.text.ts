import type { PlannedMigration } from '@app/postgres';

/** The pending migrations as readable SQL, after a list of changes that would break running pods. */
export function planText(schema: string, plan: readonly PlannedMigration[]): string {
  if (plan.length === 0) return `-- ${schema} is up to date\n`;
  return plan.map((migration) => `${blockOf(schema, migration)}\n`).join('\n');
}

function blockOf(schema: string, { name, statements, atomic, findings }: PlannedMigration): string {
  const warnings = findings.map(({ message }) => `-- breaks running pods: ${message}`);
  const body = statements.map((statement) => `${statement};`);
  const framed = atomic ? ['BEGIN;', ...body, 'COMMIT;'] : body;
  return [`-- ${name} in ${schema}`, ...warnings, ...framed].join('\n');
}
