/** The statements of a migration. */
export interface MigrationStatements {
  up: readonly string[];
  down: readonly string[];
}

/** The source of a migration class. Its name ends with a timestamp, by which TypeORM orders migrations. */
export function migrationSource(name: string, timestamp: number, { up, down }: MigrationStatements): string {
  const className = `${pascalCase(name)}${timestamp}`;
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  readonly name = '${className}';

  async up(runner: QueryRunner): Promise<void> {
${statements(up)}
  }

  async down(runner: QueryRunner): Promise<void> {
${statements(down)}
  }
}
`;
}

function statements(queries: readonly string[]): string {
  return queries
    .map((query) => `    await runner.query(\`${query.replaceAll(/[\\`$]/g, '\\$&')}\`);`)
    .join('\n');
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
