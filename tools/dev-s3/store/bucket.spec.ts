import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Bucket, type Condition } from './bucket.ts';
import { Drafts } from './drafts.ts';
import { appendMetadata } from './object-metadata.ts';

let folder: string;
let drafts: Drafts;
let bucket: Bucket;
let sequence = 0;

const metadataOf = (key: string, content: string) => ({
  key,
  size: content.length,
  etag: content,
  modified: 0,
  headers: {},
});

async function put(key: string, content: string, condition: Condition = () => undefined): Promise<void> {
  const draft = join(folder, `draft-${(sequence += 1)}`);
  await writeFile(draft, content);
  await bucket.put(draft, metadataOf(key, content), condition);
}

const open = async () => (bucket = await Bucket.open('bucket', join(folder, 'bucket'), drafts));
const files = () => readdir(join(folder, 'bucket', 'objects'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ganymede-bucket-'));
  drafts = await Drafts.open(join(folder, 'drafts'));
  await open();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a bucket', () => {
  it('checks the condition of a write after the earlier writes are done', async () => {
    const refused = new Error('refused');
    const isNew: Condition = (current) => {
      if (current) throw refused;
    };
    // All writes begin before the first one has an effect.
    const writes = await Promise.allSettled(['1', '2', '3'].map((content) => put('key', content, isNew)));
    expect(writes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await files()).toHaveLength(1);
  });

  it('keeps one file for an object, and none for a deleted one', async () => {
    for (const content of ['1', '2', '3']) await put('key', content);
    expect(bucket.get('key').etag).toBe('3');
    expect(await files()).toHaveLength(1);
    await bucket.delete('key');
    expect(await files()).toEqual([]);
  });

  it('keeps the last version when a crash has left two, and deletes the other', async () => {
    await put('key', '1');
    // The clock was set back by a quarter of an hour since then.
    const later = Number((await files())[0]) + 900_000_000;
    for (const [number, content] of [
      [later, '2'],
      [9, '0'],
    ] as const) {
      const file = join(folder, 'bucket', 'objects', String(number));
      await writeFile(file, content);
      await appendMetadata(file, metadataOf('key', content));
    }
    await open();
    expect(bucket.get('key').etag).toBe('2');
    expect(await files()).toEqual([String(later)]);
    await put('key', '3');
    expect(Number((await files())[0])).toBeGreaterThan(later);
  });

  it('logs the name of a torn file and serves the others', async () => {
    await put('whole', '1');
    await writeFile(join(folder, 'bucket', 'objects', '1'), 'torn');
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await open();
    expect(written.mock.calls.map(String).join('')).toContain(join('objects', '1'));
    written.mockRestore();
    expect(bucket.get('whole').etag).toBe('1');
  });
});
