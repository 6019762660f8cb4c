import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readiness } from '@app/lifecycle';
import type { INestApplicationContext } from '@nestjs/common';
import { given } from '../../../test/support/apps/given.js';
import { FileStore, S3Module } from './index.js';

const GOOD = 'good/file.txt';
const CONTENT = 'well';
const BAD_CALLS = 50;

/** A reply of the store to a call with a bad key, the reason that the caller receives, and its status. */
const ANSWERS = [
  [400, 'KeyTooLongError', 'VALIDATION_FAILED', 400],
  [400, 'InvalidArgument', 'FILE_REFUSED', 400],
  [400, 'SomethingNew', 'FILE_REFUSED', 400],
  [403, 'AccessDenied', 'UPSTREAM_UNAVAILABLE', 503],
  [404, 'NoSuchKey', 'FILE_NOT_FOUND', 404],
  [405, 'MethodNotAllowed', 'FILE_REFUSED', 400],
  [412, 'PreconditionFailed', 'PRECONDITION_FAILED', 412],
  [416, 'InvalidRange', 'RANGE_NOT_SATISFIABLE', 416],
] as const;

const HEADS = ANSWERS.map(([status, code]) => [status, code] as const);

/** A store that has one file. For every other key it returns the reply that the key names: `400/KeyTooLongError`. */
function answer(path: string, method: string | undefined, reply: ServerResponse): void {
  const key = decodeURIComponent(path).split('/').slice(2).join('/').split('?')[0] ?? '';
  const [status, code] = key.split('/');
  const isGood = key === GOOD || key === '';
  reply.writeHead(isGood ? 200 : Number(status), isGood ? { 'content-length': CONTENT.length } : {});
  if (method === 'HEAD') reply.end();
  else reply.end(isGood ? CONTENT : `<Error><Code>${code}</Code><Message>no</Message></Error>`);
}

describe('a store that refuses a request of a client', () => {
  let server: Server;
  let app: INestApplicationContext;
  let store: FileStore;
  let requests = 0;

  const expectOthersServed = async () => {
    const opening = await store.open(GOOD);
    expect(Buffer.concat(await opening.stream.toArray()).toString()).toBe(CONTENT);
    expect((await app.get(Readiness).report()).notes).toBeUndefined();
  };
  const each = async (call: () => Promise<unknown>): Promise<unknown[]> => {
    const outcomes = Array.from({ length: BAD_CALLS }, () => call().catch((error: unknown) => error));
    return Promise.all(outcomes);
  };

  beforeAll(async () => {
    server = createServer((request, reply) => {
      // The health check may run at any time; its requests are for the bucket and have no key.
      if (/^\/ganymede\/[^?]/.test(request.url ?? '')) requests += 1;
      request.resume().once('end', () => answer(request.url ?? '', request.method, reply));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    app = await given
      .app('gateway')
      .with(S3Module)
      .configured({
        APP__S3__KEY_PREFIX: '/',
        // No download waits for its start, so no HEAD comes before one.
        APP__S3__STARTING_DOWNLOADS: '100',
        APP__S3__ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      })
      .start();
    store = app.get(FileStore);
  });
  afterAll(async () => {
    await app.close();
    server.closeAllConnections();
    server.close();
  });

  it.each(ANSWERS)(
    'with %i %s leads to %s after one request, and serves others',
    async (status, code, reason, http) => {
      const key = `${status}/${code}`;
      requests = 0;
      const opened = await each(() => store.open(key));
      for (const error of opened) expect(error).toMatchObject({ reason, status: { http } });
      const heads = status === 416 ? BAD_CALLS : 0; // for the size of the file
      expect(requests).toBe(BAD_CALLS + heads);
      await expectOthersServed();

      const uploaded = await each(() =>
        store.upload(key, Readable.from([Buffer.from('x')]), { contentType: 'text/plain' }),
      );
      for (const error of uploaded) expect(error).toMatchObject({ reason, status: { http } });
      await expectOthersServed();
    },
  );

  it.each(HEADS)('with %i %s to HEAD, which has no body, serves others', async (status, code) => {
    for (const error of await each(() => store.head(`${status}/${code}`)))
      expect(error).toMatchObject({ reason: expect.not.stringMatching(/CIRCUIT_OPEN|INTERNAL/) });
    await expectOthersServed();
  });

  it('receives no request for a key that no store accepts', async () => {
    requests = 0;
    const keys = ['€'.repeat(400), 'x'.repeat(1025), '', 'a\ud800', '../a', 'a//b', 'a/', '%2e%2e/a'];
    for (const key of keys)
      for (const call of [
        () => store.open(key),
        () => store.head(key),
        () => store.delete(key),
        () => store.presign(key, 'get'),
        () => store.upload(key, Readable.from([Buffer.from('x')]), { contentType: 'text/plain' }),
      ])
        for (const error of await each(call))
          expect(error).toMatchObject({ reason: 'VALIDATION_FAILED', status: { http: 400 } });
    expect(requests).toBe(0);
    await expectOthersServed();
  });
});
