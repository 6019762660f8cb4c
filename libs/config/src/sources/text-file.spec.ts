import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineConfig } from '../config.definition.js';
import { loadConfig } from '../config.loader.js';

const mail = defineConfig('mail', { schema: z.object({ host: z.string().default('unset') }) });

/** A file that sets `host`, in the notation of each kind of file. */
const PLACES: Record<string, (host: string) => string> = {
  'default.yaml': (host) => `mail: { host: '${host}' }\n`,
  'local.yaml': (host) => `mail:\n  host: '${host}'\n`,
  '.env': (host) => `APP__MAIL__HOST='${host}'\n`,
  secret: (host) => `${host}\n`,
};
const NAMES = Object.keys(PLACES);
const BOM = '\uFEFF';

function utf16(text: string): Buffer {
  return Buffer.from(`${BOM}${text}`, 'utf16le');
}

describe('a file of the configuration', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'config-'));
    await writeFile(join(directory, 'default.yaml'), 'mail: {}\n');
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function hostBy(place: string, content: string | Buffer): Promise<string> {
    await writeFile(join(directory, place), content);
    return hostOf(place);
  }

  async function hostOf(place: string): Promise<string> {
    const secret = join(directory, 'secret');
    const store = await loadConfig({
      app: 'worker',
      definitions: [mail],
      directory,
      dotenv: join(directory, '.env'),
      environment: place === 'secret' ? { APP__MAIL__HOST_FILE: secret } : {},
    });
    return store.handle(mail).current.host;
  }

  const written = (place: string, host = 'é') => PLACES[place]?.(host) ?? '';

  it.each(NAMES)('is read from UTF-8, with and without a byte order mark: %s', async (place) => {
    expect(await hostBy(place, written(place))).toBe('é');
    expect(await hostBy(place, BOM + written(place))).toBe('é');
    expect(await hostBy(place, (BOM + written(place)).replaceAll('\n', '\r\n'))).toBe('é');
  });

  it.each(NAMES)('is rejected in another encoding, and the message names it: %s', async (place) => {
    const refusal = new RegExp(`${place}.*expected a text in UTF-8.*: save it in that encoding`);
    const wide = written(place, 'host');
    await expect(hostBy(place, utf16(wide))).rejects.toThrow(refusal);
    await expect(hostBy(place, utf16(wide).subarray(2))).rejects.toThrow(refusal);
    await expect(hostBy(place, utf16(wide).swap16())).rejects.toThrow(refusal);
    await expect(hostBy(place, Buffer.from(written(place), 'latin1'))).rejects.toThrow(refusal);
  });

  it.each(NAMES)('is rejected when it is a folder or a broken link: %s', async (place) => {
    const path = join(directory, place);
    await rm(path, { force: true });
    await mkdir(path);
    await expect(hostOf(place)).rejects.toThrow(new RegExp(`${place}.*a folder \\(EISDIR\\), put a file`));
    await rm(path, { recursive: true });
    await symlink('nothing', path);
    await expect(hostOf(place)).rejects.toThrow(new RegExp(`${place}.*a link to a file that does not exist`));
  });

  it.each(['default.yaml', 'local.yaml', '.env'])('may be missing: %s', async (place) => {
    await rm(join(directory, place), { force: true });
    expect(await hostOf(place)).toBe('unset');
  });

  describe('named by a …_FILE variable', () => {
    it.each([
      ['a\n', 'a'],
      ['a\r\n', 'a'],
      ['a\n\n', 'a\n'],
      [' a ', ' a '],
      ['a\r\nb\r\n', 'a\r\nb'],
    ])('%j holds %j', async (content, host) => {
      expect(await hostBy('secret', content)).toBe(host);
    });

    it.each(['', '\n', '\r\n', BOM])('is rejected when it is empty: %j', async (content) => {
      await expect(hostBy('secret', content)).rejects.toThrow(
        /mail\.host is .*secret: expected a file that holds the value: it is empty \(.*APP__MAIL__HOST_FILE\)/,
      );
    });

    it('is rejected when it is missing', async () => {
      await expect(hostOf('secret')).rejects.toThrow(
        /secret: .*there is none, create it or correct the path/,
      );
    });
  });
});
