import { terminal } from './terminal.ts';

/** Prints rows of two or more columns, aligned; a row of one cell is a heading. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths: number[] = [];
  for (const row of rows.filter((each) => each.length > 1)) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  }
  for (const row of rows) {
    if (row.length < 2) terminal.line(`  ${terminal.bold(row[0] ?? '')}`);
    else
      terminal.line(
        `    ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}`,
      );
  }
}
