import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RollingFile, type RollingFileOptions } from './rolling-file.js';

const DAY = 86_400_000;

describe('a rotated log file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'));
    path = join(folder, 'deep', 'app.log');
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((file) => file.close()));
    await rm(folder, { recursive: true });
  });

  const opened: RollingFile[] = [];
  const fileOf = (options: Partial<RollingFileOptions> = {}) => {
    const file = new RollingFile({ path, size: 20, interval: DAY, keep: 100, ...options });
    opened.push(file);
    return file;
  };
  const write = async (file: RollingFile, text: string) => {
    await file.prepare();
    await file.write(Buffer.from(text));
  };
  const files = async () => (await readdir(join(folder, 'deep'))).sort();
  const texts = async () =>
    Promise.all((await files()).map((name) => readFile(join(folder, 'deep', name), 'utf8')));

  it('is created with its folders, and appended to after a restart', async () => {
    await write(fileOf(), 'one\n');
    await write(fileOf(), 'two\n');
    expect(await texts()).toEqual(['one\ntwo\n']);
  });

  it('is opened again after an error', async () => {
    await mkdir(join(folder, 'deep'));
    await symlink('/dev/full', path);
    const file = fileOf();
    await expect(write(file, 'one\n')).rejects.toMatchObject({ code: 'ENOSPC' });
    await rm(path);
    await write(file, 'one\n');
    expect(await texts()).toEqual(['one\n']);
  });

  it('is rotated when it reaches its size, and nothing is lost', async () => {
    const file = fileOf();
    for (let line = 0; line < 10; line++) await write(file, `line ${line} xxxx\n`);
    const [current, ...aside] = await texts();
    expect(aside).toHaveLength(4);
    expect([...aside, current].join('')).toBe(
      Array.from({ length: 10 }, (_, line) => `line ${line} xxxx\n`).join(''),
    );
  });

  it('is rotated when its interval is over, even if the process was not running then', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(path, 'yesterday\n');
    await utimes(path, new Date(Date.now() - DAY), new Date(Date.now() - DAY));
    await write(fileOf({ size: 1000 }), 'today\n');
    expect(await texts()).toEqual(['today\n', 'yesterday\n']);
  });

  it('is kept in a limited number, and other files are not touched', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(`${path}.mine`, 'mine');
    const file = fileOf({ keep: 2, size: 1 });
    for (let line = 0; line < 6; line++) await write(file, `${line}\n`);
    expect((await texts()).sort()).toEqual(['3\n', '4\n', '5\n', 'mine']);
  });

  it('accepts the last lines of a process even if it is not open', async () => {
    await write(fileOf(), 'one\n');
    fileOf().writeSync(Buffer.from('two\n'));
    expect(await texts()).toEqual(['one\ntwo\n']);
  });

  it('reports the problem in its error, and works once it is corrected', async () => {
    await writeFile(join(folder, 'deep'), 'a file where a folder should be');
    const file = fileOf();
    await expect(write(file, 'one\n')).rejects.toMatchObject({ code: 'EEXIST' });
    await rm(join(folder, 'deep'));
    await write(file, 'one\n');
    expect(await texts()).toEqual(['one\n']);
  });
});
