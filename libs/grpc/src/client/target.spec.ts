import { networkInterfaces } from 'node:os';
import { hostAndPort } from '@app/config';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { target } from './target.js';

const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');
const IPV4 = [
  '127.0.0.1:PORT',
  'localhost:PORT',
  'dns:///127.0.0.1:PORT',
  'dns:localhost:PORT',
  'ipv4:127.0.0.1:PORT',
];
const IPV6 = ['[::1]:PORT', 'dns:///[::1]:PORT', 'ipv6:[::1]:PORT', 'ipv6:[::1]:PORT,[::1]:PORT'];

describe('the address of an upstream', () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = new Server();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const place = hostAndPort(HAS_IPV6 ? '::' : '0.0.0.0', 0);
    server.bindAsync(place, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
    port = await promise;
  });

  afterAll(() => server.forceShutdown());

  it.each(HAS_IPV6 ? [...IPV4, ...IPV6] : IPV4)(
    'leads to a server that listens everywhere: %s',
    async (text) => {
      const client = new Client(
        target().parse(text.replaceAll('PORT', String(port))),
        credentials.createInsecure(),
      );
      const { promise, resolve } = Promise.withResolvers<Error | undefined>();
      client.waitForReady(Date.now() + 4_000, resolve);
      expect(await promise).toBeUndefined();
      client.close();
    },
  );

  it.each(['worker.ganymede.svc:1', 'dns://10.0.0.10:53/worker:1', 'unix:/run/worker', 'unix:///run/worker'])(
    'may be %s',
    (text) => {
      expect(target().parse(text)).toBe(text);
    },
  );

  it.each([
    '',
    'worker',
    ':50051',
    'worker:',
    'worker:0',
    'worker:65536',
    'worker:grpc',
    'worker:1,worker:2',
    '::1:50051',
    '::1',
    '[::1]',
    '[localhost]:50051',
    '256.0.0.1:50051',
    'http://worker:50051',
    'dns:///worker',
    'dns://worker:50051',
    'ipv4:worker:50051',
    'ipv4:10.0.0.1:1,10.0.0.2',
    'ipv6:::1:50051',
    'ipv6:127.0.0.1:50051',
    'unix:',
    50051,
  ])('is refused: %j', (text) => {
    expect(() => target().parse(text)).toThrow('an address in the notation of gRPC');
  });
});
