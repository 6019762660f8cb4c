import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { deadLettersConfig } from './dead-letters/dead-letters.config.js';
import { messagingConfig } from './messaging.config.js';

const README = await readFile(new URL('../README.md', import.meta.url), 'utf8');

/** The rows of the settings table of a section: name, default and whether a running app accepts a new value. */
function rowsOf(section: string): { name: string; value: unknown; live: boolean }[] {
  const [, table = ''] = README.split(`| \`${section}.\``);
  const [rows = ''] = table.split('\n\n');
  return [...rows.matchAll(/^\| `([a-z_.]+)` *\| *(\S+) *\| *(yes)? *\|/gm)].map(
    ([, name = '', value = '', live]) => ({ name, value: valueOf(value), live: live !== undefined }),
  );
}

function valueOf(cell: string): unknown {
  const text = cell.replaceAll('`', '').replaceAll("'", '"');
  if (text === '–') return undefined;
  return /^(\d+|\[.*\])$/.test(text) ? JSON.parse(text) : text;
}

const camelCase = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe.each([messagingConfig, deadLettersConfig])(
  'the settings of $section',
  ({ section, ...definition }) => {
    const rows = rowsOf(section);

    it('have the defaults of the README', () => {
      const values: Record<string, unknown> = {};
      for (const { name, value } of rows) {
        const [group = '', key] = name.split('.').map(camelCase);
        values[group] = key === undefined ? value : { ...(values[group] as object), [key]: value };
      }
      expect(rows.length).toBeGreaterThan(2);
      expect(definition.schema.parse({})).toEqual(definition.schema.parse(values));
      expect(Object.keys(definition.schema.shape).toSorted()).toEqual(Object.keys(values).toSorted());
    });

    it('may change in a running app if the README says so', () => {
      const live = rows.filter((row) => row.live).map(({ name }) => camelCase(name));
      expect([...definition.reloadable].toSorted()).toEqual(live.toSorted());
    });
  },
);
