import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OpenSessions } from './open-sessions.js';
import { SessionClient, type SessionSettings } from './session.client.js';

/** A server that accepts connections and never replies. */
describe('a session with a server that does not reply', () => {
  const sockets = new Set<Socket>();
  let server: Server;

  const sessionOf = (connectTimeout: number, open: OpenSessions) => {
    const Session = SessionClient.for({ connectTimeout } as SessionSettings, (_sql, send) => send(), open);
    const { port } = server.address() as AddressInfo;
    return new Session({ host: '127.0.0.1', port, user: 'a', database: 'a' });
  };

  beforeEach(async () => {
    server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('fails to connect after `connect_timeout`', async () => {
    await expect(sessionOf(50, new OpenSessions()).connect()).rejects.toThrow(/timeout/);
  });

  it('has one second to connect after the statements were given up, whatever `connect_timeout`', async () => {
    const open = new OpenSessions();
    open.giveUp();
    const began = performance.now();
    await expect(sessionOf(60_000, open).connect()).rejects.toThrow(/timeout/);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
