import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ToolError } from '../ui/tool.error.ts';
import { SettingSources } from './setting-sources.ts';
import { readText } from './text-file.ts';

const VARIABLE = 'APP__POSTGRES__URL_FILE';

describe('a configuration file of a command', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'));
    file = join(folder, 'file');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    delete process.env[VARIABLE];
  });

  function refusalOf(read: () => unknown): string {
    try {
      read();
    } catch (error) {
      if (error instanceof ToolError && error.exitCode === 78)
        return [error.message, ...error.remedies].join(' ');
      throw error;
    }
    return 'it was read';
  }

  it('may have a byte order mark, and may be missing', () => {
    expect(readText(file)).toBeUndefined();
    writeFileSync(file, '\uFEFFA=é\r\n');
    expect(readText(file)).toBe('A=é\r\n');
  });

  it.each([
    ['in UTF-16', () => writeFileSync(file, '\uFEFFA=1', 'utf16le'), 'not a text in UTF-8. save it'],
    [
      'in UTF-16 without its mark',
      () => writeFileSync(file, 'A=1', 'utf16le'),
      'not a text in UTF-8. save it',
    ],
    ['a folder', () => mkdirSync(file), 'EISDIR'],
    ['a link to nothing', () => symlinkSync('nothing', file), 'ENOENT'],
  ])('ends the command with 78 when it is %s', (_, put, message) => {
    put();
    expect(refusalOf(() => readText(file))).toContain(message);
    expect(refusalOf(() => readText(file))).toContain(`${file} cannot be read`);
  });

  it('may contain a value when a variable names it', async () => {
    const settings = await SettingSources.load('test');
    process.env[VARIABLE] = file;
    const read = () => settings.user('postgres.url', 'DATABASE_URL');
    expect(refusalOf(read)).toMatch(
      /no such file.* write the value into it, or correct APP__POSTGRES__URL_FILE/,
    );
    writeFileSync(file, '\n');
    expect(refusalOf(read)).toContain('it is empty');
    writeFileSync(file, '\uFEFFpostgres://db\r\n');
    expect(read()).toEqual({ value: 'postgres://db', source: VARIABLE });
  });
});
