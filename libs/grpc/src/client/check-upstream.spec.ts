import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { UpstreamUnavailableError } from '@app/errors';
import { Client, credentials, Server, ServerCredentials, status as GrpcCode } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { service as health } from 'grpc-health-check';
import { freePort } from '../../../../test/support/network/free-port.js';
import { checkUpstream } from './check-upstream.js';

describe('the check of an upstream', () => {
  const closers: (() => void)[] = [];

  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  /** Also connects, as the first call does. */
  function check(port: number): Promise<void> {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    closers.push(() => client.close());
    client.getChannel().getConnectivityState(true);
    return checkUpstream(client, 'orders', AbortSignal.timeout(1_000));
  }

  async function serverWith(reply?: { status?: string; code?: number }): Promise<number> {
    const server = new Server();
    closers.push(() => server.forceShutdown());
    if (reply)
      server.addService(health, {
        Check: (_call: unknown, done: (error: object | null, answer?: object) => void) =>
          reply.code === undefined ? done(null, reply) : done({ code: reply.code }),
      });
    return new Promise((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  it.each([
    ['serves', { status: 'SERVING' }],
    ['is not ready', { status: 'NOT_SERVING' }],
    ['fails', { code: GrpcCode.INTERNAL }],
    ['has no health service', undefined],
  ])('passes when a server answers that %s', async (_what, reply) => {
    await expect(check(await serverWith(reply))).resolves.toBeUndefined();
  });

  it('fails when nothing listens', async () => {
    await expect(check(await freePort())).rejects.toBeInstanceOf(UpstreamUnavailableError);
  });

  it('fails when a server accepts connections and sends nothing', async () => {
    const silent = createServer((socket) => closers.push(() => socket.destroy())).listen(0, '127.0.0.1');
    closers.push(() => silent.close());
    await once(silent, 'listening');
    await expect(check((silent.address() as AddressInfo).port)).rejects.toBeInstanceOf(
      UpstreamUnavailableError,
    );
  });

  it('does not connect an unused channel', async () => {
    const client = new Client(`127.0.0.1:${await freePort()}`, credentials.createInsecure());
    closers.push(() => client.close());
    await expect(checkUpstream(client, 'orders', AbortSignal.timeout(1_000))).resolves.toBeUndefined();
  });
});
