import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadConfig } from '@app/config';
import { lifecycleConfig, Readiness } from '@app/lifecycle';
import { resilienceConfig } from '@app/resilience';
import { Metrics } from '@app/telemetry';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import type { INestApplicationContext } from '@nestjs/common';
import { ScratchS3 } from '../../../test/support/servers/scratch-s3.js';
import { FileStore } from './file-store.js';
import type { FilePage } from './stored-file.js';
import { s3Config } from './s3.config.js';
import { S3Module } from './s3.module.js';
import { UnfinishedUploads } from './unfinished-uploads.js';
import { onPlatform } from '../../../test/support/apps/platform.js';

jest.setTimeout(30_000);

const MiB = 1024 ** 2;
const contentType = 'application/octet-stream';
const folder = `uploads/int-spec/${randomBytes(6).toString('hex')}`;

let scratch: ScratchS3;
let app: INestApplicationContext;
let files: FileStore;
let sequence = 0;

const newKey = () => `${folder}/${(sequence += 1)}`;

function generated(size: number): Readable {
  const chunk = randomBytes(64 * 1024);
  return Readable.from(
    (function* () {
      for (let rest = size; rest > 0; rest -= chunk.length)
        yield chunk.subarray(0, Math.min(rest, chunk.length));
    })(),
  );
}

/** Yields `size` bytes and then nothing more, not even its end. */
function stalledAfter(size: number, onStall: () => void): Readable {
  const chunk = Buffer.alloc(64 * 1024);
  let brought = 0;
  return new Readable({
    read() {
      if (brought >= size) return onStall();
      brought += chunk.length;
      this.push(chunk);
    },
  });
}

async function pendingUploads(): Promise<string[]> {
  const reply = await app.get(S3Client).send(new ListMultipartUploadsCommand({ Bucket: 'ganymede' }));
  return (reply.Uploads ?? []).map(({ Key }) => Key ?? '').filter((key) => key.startsWith(folder));
}

async function expectNothingAt(key: string): Promise<void> {
  await expect(files.head(key)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
  expect(await pendingUploads()).toEqual([]);
}

async function read(key: string, options?: Parameters<FileStore['open']>[1]) {
  const opened = await files.open(key, options);
  return { ...opened, content: await buffer(opened.stream) };
}

beforeAll(async () => {
  scratch = await ScratchS3.start();
  const environment = { ...process.env, APP_ENV: 'test', APP__S3__ENDPOINT: scratch.endpoint };
  const definitions = [s3Config, lifecycleConfig, resilienceConfig];
  const store = await loadConfig({ app: 'gateway', definitions, environment });
  app = await (await onPlatform(store, { imports: [S3Module] }).compile()).init();
  files = app.get(FileStore);
});

afterAll(async () => {
  await app.close();
  await scratch.drop();
});

describe('the file store', () => {
  it.each([
    { what: 'an empty file', size: 0 },
    { what: 'a small file', size: 1000 },
    { what: 'a file of exactly one part', size: 5 * MiB },
    { what: 'a file of several parts', size: 20 * MiB + 1 },
  ])('returns $what as it was stored', async ({ size }) => {
    const key = newKey();
    const source = await buffer(generated(size));
    const sha256 = createHash('sha256').update(source).digest('hex');
    const stored = await files.upload(key, Readable.from([source]), { contentType: 'text/plain' });
    expect(stored).toMatchObject({ key, size, contentType: 'text/plain', sha256 });
    const { file, content } = await read(key);
    expect(file).toMatchObject({ key, size, contentType: 'text/plain', etag: stored.etag });
    expect(content.equals(source)).toBe(true);
  });

  it('reads a range from the beginning, the middle and the end', async () => {
    const key = newKey();
    await files.upload(key, Readable.from([Buffer.from('0123456789')]), { contentType });
    expect(await read(key, { range: { start: 0, end: 3 } })).toMatchObject({
      content: Buffer.from('0123'),
      range: { start: 0, end: 3 },
      file: { size: 10 },
    });
    expect((await read(key, { range: { start: 0, end: 0 } })).content.toString()).toBe('0');
    expect((await read(key, { range: { start: 7 } })).content.toString()).toBe('789');
    expect((await read(key, { range: { suffix: 2 } })).content.toString()).toBe('89');
    expect((await read(key, { range: { start: 8, end: 99 } })).range).toEqual({ start: 8, end: 9 });
  });

  it('reports the size of the file when a range is outside of it', async () => {
    const key = newKey();
    await files.upload(key, Readable.from([Buffer.from('0123456789')]), { contentType });
    await expect(files.open(key, { range: { start: 10 } })).rejects.toMatchObject({
      reason: 'RANGE_NOT_SATISFIABLE',
      details: { size: 10 },
    });
  });

  it.each([{ start: 0 }, { start: 0, end: 5 }, { suffix: 5 }])(
    'reports at once that an empty file has no %j',
    async (range) => {
      const key = newKey();
      await files.upload(key, Readable.from([]), { contentType });
      await expect(files.open(key, { range })).rejects.toMatchObject({
        reason: 'RANGE_NOT_SATISFIABLE',
        details: { size: 0 },
      });
    },
  );

  it('creates URLs for empty files that accept ranges too', async () => {
    const key = newKey();
    await files.upload(key, Readable.from([]), { contentType });
    const { url } = await files.presign(key, 'get');
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=0-9']) {
      const reply = await fetch(url, { headers: { range }, signal: AbortSignal.timeout(5000) });
      expect(reply.status).toBe(416);
      await reply.body?.cancel();
    }
  });

  it('opens only the version that the caller has seen', async () => {
    const key = newKey();
    await files.upload(key, Readable.from([Buffer.from('content')]), { contentType });
    const version = await files.head(key);
    expect((await read(key, { version })).content.toString()).toBe('content');
    await files.upload(key, Readable.from([Buffer.from('another')]), { contentType });
    for (const range of [undefined, { start: 3 }])
      await expect(files.open(key, { version, range })).rejects.toMatchObject({ reason: 'FILE_CHANGED' });
  });

  it('lists the files page by page, in the order of the bytes of their keys', async () => {
    const prefix = newKey();
    const names = ['a', 'a-b', 'a.b', 'a/b', 'a/c', 'b', 'é', '猫'];
    for (const name of names) {
      const content = Readable.from([Buffer.from(name)]);
      await files.upload(`${prefix}/${name}`, content, { contentType });
    }
    const found: string[] = [];
    let after: string | undefined = '';
    while (after !== undefined) {
      const page: FilePage = await files.list({ prefix: `${prefix}/`, after, limit: 3 });
      expect(page.files.length).toBeLessThanOrEqual(3);
      found.push(...page.files.map(({ key }) => key.slice(prefix.length + 1)));
      after = page.next;
    }
    expect(found).toEqual(names);
    const [first] = (await files.list({ prefix: `${prefix}/` })).files;
    expect(first).toEqual({
      key: `${prefix}/a`,
      size: 1,
      etag: expect.any(String),
      lastModified: expect.any(Date),
    });
  });

  it('aborts old unfinished uploads and keeps the others', async () => {
    const client = app.get(S3Client);
    for (let begun = 0; begun < 3; begun += 1)
      await client.send(new CreateMultipartUploadCommand({ Bucket: 'ganymede', Key: newKey() }));
    const uploads = app.get(UnfinishedUploads);
    await uploads.abort({ before: new Date(Date.now() - 3_600_000) });
    expect(await pendingUploads()).toHaveLength(3);
    const before = new Date(Date.now() + 1000);
    for (const key of await pendingUploads()) expect(key).toContain(folder);
    expect(await uploads.abort({ before, limit: 1, prefix: folder })).toBe(1);
    expect(await uploads.abort({ before, prefix: folder })).toBe(2);
    expect(await pendingUploads()).toEqual([]);
  });

  it('leaves nothing of a file that is too large, sent in parts or not', async () => {
    for (const maxSize of [10, 18 * MiB]) {
      const key = newKey();
      const upload = files.upload(key, generated(30 * MiB), { contentType, maxSize });
      await expect(upload).rejects.toMatchObject({
        reason: 'FILE_TOO_LARGE',
        details: { max_size: maxSize },
      });
      await expectNothingAt(key);
    }
  });

  it('leaves nothing of a file whose stream broke off', async () => {
    const key = newKey();
    async function* broken() {
      yield* generated(20 * MiB);
      throw new Error('connection reset');
    }
    await expect(files.upload(key, Readable.from(broken()), { contentType })).rejects.toMatchObject({
      reason: 'MALFORMED_BODY',
    });
    await expectNothingAt(key);
  });

  it('leaves nothing of an upload that its caller cancelled', async () => {
    const key = newKey();
    const caller = new AbortController();
    const upload = files.upload(
      key,
      stalledAfter(20 * MiB, () => caller.abort()),
      { contentType, signal: caller.signal },
    );
    await expect(upload).rejects.toMatchObject({ reason: 'CANCELLED' });
    await expectNothingAt(key);
  });

  it('reports an exceeded deadline as such', async () => {
    const key = newKey();
    const silent = new Readable({ read: () => undefined });
    const upload = files.upload(key, silent, { contentType, signal: AbortSignal.timeout(50) });
    await expect(upload).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await expectNothingAt(key);
  });

  it('runs many uploads at once with one set of buffers', async () => {
    const keys = Array.from({ length: 6 }, newKey);
    const stored = await Promise.all(
      keys.map((key) => files.upload(key, generated(10 * MiB), { contentType })),
    );
    const contents = await Promise.all(keys.map(async (key) => (await read(key)).content));
    const digests = contents.map((content) => createHash('sha256').update(content).digest('hex'));
    expect(digests).toEqual(stored.map(({ sha256 }) => sha256));
  });

  it('does not find a file that was never stored or was deleted', async () => {
    const key = newKey();
    await expect(files.open(key)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND', details: { key } });
    await files.upload(key, Readable.from([Buffer.from('content')]), { contentType });
    await files.delete(key);
    await expect(files.head(key)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
    await expect(files.delete(key)).resolves.toBeUndefined();
  });

  it('appears in the readiness report and in the metrics', async () => {
    expect(await app.get(Readiness).dependencies()).toMatchObject({ s3: { status: 'up', needed: false } });
    expect((await app.get(Metrics).expose()).body).toMatch(
      /s3_requests_total\{operation="HeadBucket",outcome="ok"\} [1-9]/,
    );
  });
});
