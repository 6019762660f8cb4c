import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { given } from '../../../test/support/apps/given.js';
import { ScratchS3 } from '../../../test/support/servers/scratch-s3.js';
import { FileStore, S3Module } from './index.js';

const MiB = 1024 ** 2;
const contentType = 'text/plain';
const folder = `uploads/int-spec/${randomBytes(6).toString('hex')}`;

let scratch: ScratchS3;
let app: INestApplicationContext;
let files: FileStore;
let sequence = 0;

const newKey = () => `${folder}/${(sequence += 1)}`;

beforeAll(async () => {
  scratch = await ScratchS3.start();
  app = await given.app('gateway').with(S3Module).configured({ APP__S3__ENDPOINT: scratch.endpoint }).start();
  files = app.get(FileStore);
});

afterAll(async () => {
  await app.close();
  await scratch.drop();
});

describe('direct access to the object store', () => {
  it('uses URLs that need no access key', async () => {
    const key = newKey();
    const put = await files.presign(key, 'put', { size: 12 });
    expect((await fetch(put.url, { method: put.method, body: 'from outside' })).status).toBe(200);
    const get = await files.presign(key, 'get', { expiresIn: 60_000 });
    expect(await (await fetch(get.url)).text()).toBe('from outside');
    expect(get.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it('signs size and media type of a write, and refuses values beyond the limits', async () => {
    const key = newKey();
    const { url, method } = await files.presign(key, 'put', { contentType: 'text/plain', size: 5 });
    const put = async (body: string, type: string) =>
      (await fetch(url, { method, body, headers: { 'content-type': type } })).status;
    expect([await put('12345', 'text/html'), await put('123456', 'text/plain')]).toEqual([403, 403]);
    await expect(files.head(key)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
    expect(await put('12345', 'text/plain')).toBe(200);
    for (const expiresIn of [999, 3_600_001])
      await expect(files.presign(key, 'get', { expiresIn })).rejects.toMatchObject({
        reason: 'VALIDATION_FAILED',
      });
    const tooLarge = files.presign(key, 'put', { size: 257 * MiB });
    await expect(tooLarge).rejects.toMatchObject({ reason: 'FILE_TOO_LARGE' });
  });

  it.each([undefined, -1, 0.5, Number.NaN, 2 ** 53])('signs no URL for writing %s bytes', async (size) => {
    const presigned = files.presign(newKey(), 'put', { size: size as number });
    await expect(presigned).rejects.toMatchObject({ reason: 'VALIDATION_FAILED' });
  });

  it.each([
    ['fewer bytes', { method: 'PUT', body: '1234' }],
    ['more bytes', { method: 'PUT', body: '123456' }],
    ['no bytes', { method: 'PUT' }],
    [
      'bytes that it does not count',
      { method: 'PUT', body: Readable.toWeb(Readable.from(['12345'])), duplex: 'half' },
    ],
  ] as const)('hands out no URL by which a client writes %s than it has said', async (_, request) => {
    const key = newKey();
    const { url } = await files.presign(key, 'put', { size: 5 });
    const reply = await fetch(url, request);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    await expect(files.head(key)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
  });

  it('uses URLs whose content no browser displays, whatever is stored', async () => {
    const key = `${newKey()}/Übersicht.html`;
    const put = await files.presign(key, 'put', { size: 8 });
    const headers = { 'content-type': 'text/html', 'content-disposition': 'inline' };
    expect((await fetch(put.url, { method: 'PUT', body: '<script>', headers })).status).toBe(200);
    const reply = await fetch((await files.presign(key, 'get')).url);
    expect(reply.headers.get('content-type')).toBe('application/octet-stream');
    const encoded = "filename*=UTF-8''%C3%9Cbersicht.html";
    expect(reply.headers.get('content-disposition')).toBe(
      `attachment; filename="_bersicht.html"; ${encoded}`,
    );
    expect(await reply.text()).toBe('<script>');
  });

  it.each(['secrets/a', 'uploadsecrets/a', 'uploads', 'uploads/', 'uploads/../secrets/a', '/uploads/a'])(
    'refuses %s, which is not below the prefix',
    async (key) => {
      const foreign = { Bucket: 'ganymede', Key: 'secrets/a', Body: 'secret' };
      await app.get(S3Client).send(new PutObjectCommand(foreign));
      const calls = [
        () => files.open(key),
        () => files.head(key),
        () => files.delete(key),
        () => files.upload(key, Readable.from([Buffer.from('x')]), { contentType }),
        () => files.presign(key, 'get'),
        () => files.presign(key, 'put', { size: 1 }),
        () => files.list({ prefix: key.slice(0, 4) }),
      ];
      for (const call of calls)
        await expect(call()).rejects.toMatchObject({ reason: 'VALIDATION_FAILED', status: { http: 400 } });
      const all = await files.list();
      expect(all.files.map((file) => file.key)).not.toContain(foreign.Key);
    },
  );
});
