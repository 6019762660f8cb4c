import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OpenSessions } from './open-sessions.js';
import { SessionClient, type SessionSettings } from './session.client.js';

const SETTINGS = { connectTimeout: 60_000 } as SessionSettings;

/** A server that accepts connections and never replies. */
describe('a session that begins after the statements were given up', () => {
  const sockets = new Set<Socket>();
  let server: Server;

  beforeEach(async () => {
    server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('has one second to connect, whatever its connect time-out', async () => {
    const open = new OpenSessions();
    const Session = SessionClient.for(SETTINGS, (_sql, send) => send(), open);
    open.giveUp();
    const { port } = server.address() as AddressInfo;
    const session = new Session({ host: '127.0.0.1', port, user: 'a', database: 'a' });
    const began = performance.now();
    await expect(session.connect()).rejects.toThrow(/timeout/);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
