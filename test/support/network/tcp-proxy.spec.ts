import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../assertions/eventually.js';
import { TcpProxy } from './tcp-proxy.js';

describe('the TCP proxy', () => {
  let echo: Server;
  let proxy: TcpProxy;
  let client: Socket;

  beforeEach(async () => {
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await TcpProxy.before({ port: (echo.address() as AddressInfo).port });
    client = connect(proxy.port, '127.0.0.1').setEncoding('utf8');
    await once(client, 'connect');
  });

  afterEach(async () => {
    client.destroy();
    await proxy.close();
    echo.close();
  });

  it('passes bytes in both directions', async () => {
    client.write('hello');
    expect(await once(client, 'data')).toEqual(['hello']);
  });

  it('resets open and new connections after cut, until restore', async () => {
    await eventually(() => expect(proxy.connections).toBe(1));
    const broken = once(client, 'close').catch((error: NodeJS.ErrnoException) => error.code);
    client.on('error', () => undefined);
    proxy.cut();
    await broken;
    await expect(exchange(proxy.port)).rejects.toThrow(/ECONNRESET|closed/);
    proxy.restore();
    await expect(exchange(proxy.port)).resolves.toBe('ping');
  });

  it('ends a connection whose other side does not read', async () => {
    client.pause();
    client.on('error', () => undefined);
    client.write(Buffer.alloc(16 * 1024 * 1024));
    await eventually(() => expect(proxy.sent).toBeGreaterThan(0));
    proxy.cut();
    await eventually(() => expect(proxy.connections).toBe(0));
  });

  it('ends a connection that both sides are just closing', async () => {
    client.write('both sides are connected');
    await once(client, 'data');
    client.on('error', () => undefined);
    for (const { near, far } of proxy['links']) {
      near.end();
      far.end();
    }
    proxy.cut();
    await eventually(() => expect(proxy.connections).toBe(0));
  });

  it('holds back all bytes while it stalls, and passes them on afterwards', async () => {
    await eventually(() => expect(proxy.connections).toBe(1));
    let received = '';
    client.on('data', (text: string) => (received += text));
    proxy.stall();
    client.write('late');
    const other = exchange(proxy.port);
    await eventually(() => expect(proxy.connections).toBe(2));
    expect(received).toBe('');
    proxy.restore();
    await eventually(() => expect(received).toBe('late'));
    await expect(other).resolves.toBe('ping');
  });

  it('can hold back only one direction', async () => {
    const served: string[] = [];
    echo.on('connection', (socket) => socket.on('data', (bytes) => served.push(String(bytes))));
    proxy.stall('replies');
    const answer = exchange(proxy.port);
    await eventually(() => expect(served).toEqual(['ping']));
    expect(await Promise.race([answer, Promise.resolve('nothing yet')])).toBe('nothing yet');
    proxy.restore();
    await expect(answer).resolves.toBe('ping');
  });
});

async function exchange(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  try {
    socket.write('ping');
    const closed = once(socket, 'close').then(() => Promise.reject(new Error('closed without an answer')));
    const [reply] = (await Promise.race([once(socket, 'data'), closed])) as [string];
    return reply;
  } finally {
    socket.destroy();
  }
}
