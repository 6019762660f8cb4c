import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readDotenv } from './dotenv.js';

describe('.env', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dotenv-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function read(text: string) {
    const file = join(directory, '.env');
    await writeFile(file, text);
    return readDotenv(file);
  }

  it.each([
    ['export A=1\nexport  B = 2', { A: '1', B: '2' }],
    ['A=1\r\nB="2"\r\n', { A: '1', B: '2' }],
    ['A=1\rB=2', { A: '1', B: '2' }],
    [`A="two\nlines = 'here'"\nB='q # r'\nC=\`z\``, { A: "two\nlines = 'here'", B: 'q # r', C: 'z' }],
    ["# it's = \"a comment\n\n  # A='\nA=it's", { A: "it's" }],
    ['A=\nB=2 # two', { A: '', B: '2' }],
  ])('%j is read as %j', async (text, values) => {
    const variables = await read(text);
    expect(variables.unreadable?.message).toBeUndefined();
    expect({ ...variables.values }).toEqual(values);
  });

  it.each([
    ['A: 1', 1, 'NAME=value'],
    ['A=1\n\nB\nC=3', 3, 'NAME=value'],
    ['A="two\nlines"\nset -e', 3, 'NAME=value'],
    ['=1', 1, 'NAME=value'],
    ['A=1\nB="open\nC=2', 2, 'a closing quote'],
  ])('%j is rejected for its line %d: %s', async (text, line, expected) => {
    const { unreadable } = await read(text);
    expect(unreadable?.message).toContain(`.env is not readable: expected ${expected}`);
    expect(unreadable?.message).toMatch(new RegExp(`\\.env:${line}\\)$`));
  });

  it('is rejected with a message that does not quote its lines', async () => {
    const { unreadable } = await read('PASSWORD hunter2');
    expect(unreadable?.message).not.toContain('hunter2');
  });
});
