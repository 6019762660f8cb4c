import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ConfigModule, loadConfig } from '@app/config';
import { LifecycleModule, lifecycleConfig, Readiness } from '@app/lifecycle';
import { Metrics, TelemetryModule } from '@app/telemetry';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FileStore } from './file-store.js';
import { s3Config } from './s3.config.js';
import { S3Module } from './s3.module.js';

jest.setTimeout(30_000);

const MiB = 1024 ** 2;
const contentType = 'application/octet-stream';
const folder = `int-spec/${randomBytes(6).toString('hex')}`;

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

/** Brings `size` bytes and then nothing more, not even its end. */
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
  const opening = await files.open(key, options);
  if (!opening.modified) throw new Error('expected content');
  return { ...opening, content: await buffer(opening.stream) };
}

beforeAll(async () => {
  const environment = { ...process.env, APP_ENV: 'test' };
  const store = await loadConfig({ app: 'gateway', definitions: [s3Config, lifecycleConfig], environment });
  const imports = [ConfigModule.forRoot(store), TelemetryModule, LifecycleModule, S3Module];
  app = await (await Test.createTestingModule({ imports }).compile()).init();
  files = app.get(FileStore);
});

afterAll(() => app.close());

describe('the file store', () => {
  it.each([
    { what: 'an empty file', size: 0 },
    { what: 'a small file', size: 1000 },
    { what: 'a file of exactly one part', size: 8 * MiB },
    { what: 'a file of several parts', size: 20 * MiB + 1 },
  ])('gives $what back as it came', async ({ size }) => {
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
    expect((await read(key, { range: { start: 7 } })).content.toString()).toBe('789');
    expect((await read(key, { range: { suffix: 2 } })).content.toString()).toBe('89');
    expect((await read(key, { range: { start: 8, end: 99 } })).range).toEqual({ start: 8, end: 9 });
  });

  it('says how large the file is when a range lies outside', async () => {
    const key = newKey();
    await files.upload(key, Readable.from([Buffer.from('0123456789')]), { contentType });
    await expect(files.open(key, { range: { start: 10 } })).rejects.toMatchObject({
      reason: 'RANGE_NOT_SATISFIABLE',
      details: { size: 10 },
    });
  });

  it('sends no content to who already has it', async () => {
    const key = newKey();
    const { etag } = await files.upload(key, Readable.from([Buffer.from('content')]), { contentType });
    expect(await files.open(key, { ifNoneMatch: etag })).toMatchObject({ modified: false, file: { etag } });
    expect((await read(key, { ifNoneMatch: '"another"' })).content.toString()).toBe('content');
  });

  it('leaves nothing of a file that is too large, whether it was sent in parts or not', async () => {
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

  it('leaves nothing of an upload that its caller gave up', async () => {
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

  it('calls an upload that ran out of time by its name', async () => {
    const key = newKey();
    const silent = new Readable({ read: () => undefined });
    const upload = files.upload(key, silent, { contentType, signal: AbortSignal.timeout(50) });
    await expect(upload).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await expectNothingAt(key);
  });

  it('serves many uploads at once from one set of buffers', async () => {
    const keys = Array.from({ length: 6 }, newKey);
    const stored = await Promise.all(
      keys.map((key) => files.upload(key, generated(10 * MiB), { contentType })),
    );
    const contents = await Promise.all(keys.map(async (key) => (await read(key)).content));
    const digests = contents.map((content) => createHash('sha256').update(content).digest('hex'));
    expect(digests).toEqual(stored.map(({ sha256 }) => sha256));
  });

  it('knows no file that was never stored or was deleted', async () => {
    const key = newKey();
    await expect(files.open(key)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND', details: { key } });
    await files.upload(key, Readable.from([Buffer.from('content')]), { contentType });
    await files.delete(key);
    await expect(files.head(key)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
    await expect(files.delete(key)).resolves.toBeUndefined();
  });

  it('hands out URLs that need no key of ours', async () => {
    const key = newKey();
    const put = await files.presign(key, 'put');
    expect((await fetch(put.url, { method: put.method, body: 'from outside' })).status).toBe(200);
    const get = await files.presign(key, 'get', { expiresIn: 60_000 });
    expect(await (await fetch(get.url)).text()).toBe('from outside');
    expect(get.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it('shows in the readiness report and in the metrics', async () => {
    expect(await app.get(Readiness).dependencies()).toMatchObject({ s3: { status: 'up', needed: false } });
    expect((await app.get(Metrics).expose()).body).toMatch(
      /s3_requests_total\{operation="HeadBucket",outcome="ok"\} [1-9]/,
    );
  });
});
