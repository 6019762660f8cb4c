import { normalise, splitList } from './sql-statements.js';

/** Ways to break a running pod or block its work. @publicApi */
export type MigrationRuleName =
  | 'drop-column'
  | 'drop-default'
  | 'drop-object'
  | 'drop-table'
  | 'rename'
  | 'type-change'
  | 'not-null'
  | 'constraint-not-valid'
  | 'index-not-concurrent'
  | 'concurrent-in-transaction'
  | 'half-done'
  | 'table-rewrite'
  | 'unbounded-write'
  | 'exclusive-lock'
  | 'procedural-block';

interface Rule {
  readonly name: MigrationRuleName;
  readonly breaks: RegExp;
  readonly unless?: RegExp;
}

/** The reason for each rule, and what to do instead. */
export const ADVICE: Readonly<Record<MigrationRuleName, string>> = {
  'drop-column': 'running pods still name the column: stop using it in one release, drop it in a later one',
  'drop-default': 'running pods insert without the column: drop the default in a later release than its use',
  'drop-object': 'running pods may still use it: stop using it in one release, drop it in a later one',
  'drop-table': 'running pods still use the table: stop using it in one release, drop it in a later one',
  rename:
    'running pods know the old name: add the new one beside it, write both, move readers, drop the old one later',
  'type-change':
    'rewrites the table under an exclusive lock: add a column of the new type, write both, backfill, drop later',
  'not-null':
    'running pods insert without it, and the check reads the table under an exclusive lock: give a DEFAULT, or add ' +
    'CHECK (… IS NOT NULL) NOT VALID and validate it later',
  'constraint-not-valid':
    'reads the whole table under a lock: add it NOT VALID and VALIDATE CONSTRAINT in a later migration; UNIQUE and ' +
    'PRIMARY KEY with USING INDEX on an index that was created CONCURRENTLY',
  'index-not-concurrent':
    'blocks writes, or reads, for as long as it takes: CONCURRENTLY, with transaction = false on the class',
  'concurrent-in-transaction':
    'CONCURRENTLY is refused in a transaction: set transaction = false on the class',
  'half-done':
    'nothing undoes the first statement when the second fails: one statement per migration without a transaction',
  'table-rewrite':
    'rewrites the table under an exclusive lock: add the column plain, fill it in batches, set the default after',
  'unbounded-write':
    'locks every row until the commit: change rows in batches, by a job or a migration each, with WHERE',
  'exclusive-lock': 'everybody waits who needs the table: let the statements take the locks that they need',
  'procedural-block': 'cannot be read by this check: write plain statements, or say what it does in breaks',
};

const COLUMN = String.raw`^add(?: column)?(?: if not exists)? (?!constraint |unique|primary key|foreign key|check|exclude)`;
const ALTER_COLUMN = String.raw`^alter(?: column)? \S+ `;

/** Rules for the actions of ALTER TABLE on a table that is in use. */
const ACTIONS: readonly Rule[] = [
  { name: 'drop-column', breaks: /^drop (?!constraint )/ },
  { name: 'rename', breaks: /^(rename (?!constraint )|set schema )/ },
  { name: 'type-change', breaks: new RegExp(`${ALTER_COLUMN}(set data )?type `) },
  { name: 'not-null', breaks: new RegExp(`${ALTER_COLUMN}set not null`) },
  { name: 'drop-default', breaks: new RegExp(`${ALTER_COLUMN}drop default`) },
  {
    name: 'not-null',
    breaks: new RegExp(`${COLUMN}.*\\bnot null\\b`),
    unless: /\bdefault\b|\bgenerated\b|serial/,
  },
  {
    name: 'constraint-not-valid',
    breaks: new RegExp(`${COLUMN}.*\\b(references |unique|primary key|check\\()`),
  },
  {
    name: 'table-rewrite',
    breaks: new RegExp(
      `${COLUMN}.*(\\b(random|gen_random_uuid|uuidv[47]|uuid_generate_\\w+|clock_timestamp|timeofday|nextval)\\(|serial\\b|\\bgenerated )`,
    ),
  },
  { name: 'table-rewrite', breaks: /^set (tablespace|logged|unlogged|access method)/ },
  {
    name: 'constraint-not-valid',
    breaks: /^add (constraint \S+ )?(check|foreign key|not null|unique|primary key|exclude)\b/,
    unless: /\bnot valid\b|\busing index\b/,
  },
];

/** Rules for statements on a table that is in use. The first group is the table, where the statement names one. */
const STATEMENTS: readonly Rule[] = [
  { name: 'drop-table', breaks: /^drop (?:foreign )?table (?:if exists )?([^\s(,]+)/ },
  { name: 'drop-object', breaks: /^drop (?!table|foreign table|index)/ },
  {
    name: 'index-not-concurrent',
    breaks: /^create (?:unique )?index (?!concurrently).*?\bon (?:only )?([^\s(]+)/,
  },
  {
    name: 'index-not-concurrent',
    breaks: /^(drop index|reindex|refresh materialized view) (?!.*concurrently)/,
  },
  { name: 'rename', breaks: /^alter (?!table|index).* (rename |set schema )/ },
  { name: 'unbounded-write', breaks: /^truncate (?:table )?(?:only )?([^\s(,]+)/ },
  { name: 'unbounded-write', breaks: /^(?:update|delete from) (?:only )?([^\s(]+)/, unless: /\bwhere\b/ },
  { name: 'exclusive-lock', breaks: /^lock (?:table )?(?:only )?([^\s(,]+)/ },
  { name: 'table-rewrite', breaks: /^(cluster|vacuum.*\bfull)\b/ },
  { name: 'procedural-block', breaks: /^(do|call) / },
];

const ALTER_TABLE = /^alter (?:foreign )?table (?:if exists )?(?:only )?([^\s(]+)(?: \*)? (.*)$/;
const CREATE_TABLE =
  /^create (?:(?:global |local )?temp(?:orary)? |unlogged )?table (?:if not exists )?([^\s(]+)/;

/**
 * Returns the rules that a statement breaks. `fresh` holds tables that nobody uses yet; a table that the statement
 * creates is added to it.
 */
export function brokenBy(statement: string, fresh: Set<string>): MigrationRuleName[] {
  const sql = normalise(statement);
  const created = CREATE_TABLE.exec(sql)?.[1];
  if (created !== undefined) fresh.add(bare(created));
  const [, table, actions] = ALTER_TABLE.exec(sql) ?? [];
  if (table !== undefined && actions !== undefined)
    return fresh.has(bare(table))
      ? []
      : splitList(actions).flatMap((action) => broken(ACTIONS, action, fresh));
  return broken(STATEMENTS, sql, fresh);
}

function broken(rules: readonly Rule[], sql: string, fresh: ReadonlySet<string>): MigrationRuleName[] {
  return rules
    .filter(({ breaks, unless }) => {
      const [found, table] = breaks.exec(sql) ?? [];
      return found !== undefined && !unless?.test(sql) && !fresh.has(bare(table ?? ''));
    })
    .map(({ name }) => name);
}

/** Without its schema. */
function bare(table: string): string {
  return table.slice(table.lastIndexOf('.') + 1);
}
