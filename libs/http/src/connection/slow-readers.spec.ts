import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cutSlowReaders } from './slow-readers.js';

const MiB = 1024 ** 2;
/** More bytes than the kernels of both sides buffer. */
const LARGE = Buffer.alloc(64 * MiB);
const SECOND = 1_000;
/** Every timer except the interval. */
const REAL = [
  'nextTick',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
  'queueMicrotask',
] as const;
const limits = () => ({ grace: 5 * SECOND, minRate: 4096 });

let server: Server;
let client: Socket;
let cut: Socket[];
let reply: ServerResponse;

/** A server that checks its connections by the test's clock, and a client that does not read. */
beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: [...REAL] });
  cut = [];
  server = createServer().listen(0, '127.0.0.1');
  cutSlowReaders(server, { limits, onCut: (socket) => cut.push(socket) });
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  [, reply] = (await once(server, 'request')) as [unknown, ServerResponse];
});

afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  jest.useRealTimers();
});

/** Lets the client read until this many more bytes have arrived. */
async function read(bytes: number): Promise<void> {
  for (let rest = bytes; rest > 0;) {
    const chunk = client.read() as Buffer | null;
    if (chunk) rest -= chunk.length;
    else await once(client, 'readable');
  }
}

/** Lets the client read until the server's kernel has accepted more of the reply, which it does in large steps. */
async function readOn(): Promise<void> {
  const waiting = () => {
    const { _handle: handle } = reply.req.socket as unknown as { _handle: { writeQueueSize: number } };
    return handle.writeQueueSize;
  };
  const before = waiting();
  while (waiting() === before) {
    await read(64 * 1024);
    await turn();
  }
}

const pass = (seconds: number) => jest.advanceTimersByTime(seconds * SECOND);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a peer that does not read its reply', () => {
  it('is cut after its grace period, and the reply closes', async () => {
    reply.end(LARGE);
    await turn();
    pass(4);
    expect(cut).toEqual([]);
    const closed = once(reply, 'close');
    pass(2);
    await closed;
    expect(cut).toEqual([reply.req.socket]);
  });

  it('is cut as well when the reply comes in many small pieces', async () => {
    while (reply.write(LARGE.subarray(0, 16_384))) await turn();
    await turn();
    pass(6);
    expect(cut).toHaveLength(1);
  });

  it('is cut when it stops reading, because earlier reads give no credit', async () => {
    reply.end(LARGE);
    await read(8 * MiB);
    pass(1);
    await turn();
    pass(6);
    expect(cut).toHaveLength(1);
  });
});

describe('a peer that reads', () => {
  it('keeps its connection while it restores its grace period, even during one large write', async () => {
    reply.end(LARGE);
    for (let burst = 0; burst < 6; burst++) {
      await turn();
      pass(4);
      await readOn();
      pass(1);
    }
    expect(cut).toEqual([]);
  });

  it('is not late while the server has nothing to send', async () => {
    reply.write('a beginning');
    await turn();
    pass(60);
    expect(cut).toEqual([]);
  });
});
