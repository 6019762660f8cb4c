import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Readiness } from '@app/lifecycle';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { given } from '../../../test/support/apps/given.js';
import { FileStore, type OpenedFile, S3Module } from './index.js';

/** More than one pool of connections would have, if bodies shared it with other requests. */
const HELD = 300;
const CONTENT = Buffer.alloc(256 * 1024, 7);

/** A store in which every key is the same file; it accepts every upload. */
function answer(method: string | undefined, reply: ServerResponse): void {
  reply.writeHead(200, { 'content-length': method === 'GET' || method === 'HEAD' ? CONTENT.length : 0 });
  reply.end(method === 'GET' ? CONTENT : undefined);
}

describe('a store whose downloads are all held by readers that do not read', () => {
  let server: Server;
  let app: INestApplicationContext;
  let store: FileStore;
  let held: OpenedFile[];

  beforeAll(async () => {
    server = createServer((request, reply) =>
      request.resume().on('end', () => answer(request.method, reply)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    app = await given
      .app('gateway')
      .with(S3Module)
      .configured({
        APP__S3__ENDPOINT: `http://127.0.0.1:${port}`,
        APP__S3__MAX_DOWNLOADS: String(HELD),
        APP__S3__KEY_PREFIX: '/',
      })
      .start();
    store = app.get(FileStore);
    held = await Promise.all(Array.from({ length: HELD }, (_, index) => store.open(`held/${index}`)));
  });

  afterAll(async () => {
    for (const { stream } of held) stream.destroy();
    await app.close();
    server.closeAllConnections();
    server.close();
  });

  it.each<[what: string, call: () => Promise<unknown>]>([
    ['a HEAD', () => store.head('other')],
    ['a removal', () => store.delete('other')],
    ['an upload', () => store.upload('other', Readable.from([CONTENT]), { contentType: 'text/plain' })],
    [
      'the health check',
      async () => expect((await app.get(Readiness).report()).checks['s3']).toMatchObject({ status: 'up' }),
    ],
  ])('still serves %s', async (_what, call) => {
    await expect(call()).resolves.not.toBeInstanceOf(Error);
  });

  it('serves another download and cuts the one that is idle the longest', async () => {
    // Until a reader has been idle for long enough, the store refuses downloads.
    const { stream } = await eventually(() => store.open('other'));
    expect((await buffer(stream)).length).toBe(CONTENT.length);
    expect(held.filter(({ stream: { destroyed } }) => destroyed)).toHaveLength(1);
  });
});
