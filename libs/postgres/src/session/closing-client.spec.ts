import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ClosingClient } from './closing-client.js';

describe('a client of PostgreSQL', () => {
  it('keeps the process alive when its server ends the session between two statements', () => {
    const client = new ClosingClient();
    expect(client.emit('error', new Error('terminating connection due to administrator command'))).toBe(true);
  });

  it('ends within a second although its server never closes the connection', async () => {
    const accepted: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket.resume()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const client = new ClosingClient({ host: '127.0.0.1', port });
    // It neither resolves nor rejects when the client ends first.
    void client.connect().catch(() => undefined);
    await once(server, 'connection');
    await client.end();
    expect(accepted).toHaveLength(1);
    for (const socket of accepted) socket.destroy();
    server.close();
  });
});
