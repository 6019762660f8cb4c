import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { RequestContext } from '@app/context';
import { CancelledError, DeadlineExceededError } from '@app/errors';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { SessionClient, type SessionSettings } from './session.client.js';

const SETTINGS = { statementTimeout: 30_000 } as SessionSettings;
const CANCELED = Object.assign(new Error('canceling statement due to user request'), { code: '57014' });

/** A server that accepts cancel requests, and closes their connections only when the test does. */
describe('a statement that is ended early', () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let session: SessionClient;
  /** The reply to the statement. */
  let reply: PromiseWithResolvers<never>;

  beforeEach(async () => {
    server = createServer((socket) => void sockets.add(socket.resume().on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    session = new SessionClient({}, SETTINGS, (_sql, send) => send());
    const target = { host: '127.0.0.1', port, ssl: false, processId: 1, secretKey: 1 };
    jest.spyOn(session, 'cancelTarget').mockReturnValue(target);
    reply = Promise.withResolvers();
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(() => reply.promise as never);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
  });

  const query = (signal?: AbortSignal): Promise<unknown> =>
    new RequestContext({ entry: 'http', operation: 'test', ...(signal && { signal }) }).run(() =>
      session.query('SELECT pg_sleep(30)'),
    );
  const cancelRequest = async () => {
    if (sockets.size === 0) await once(server, 'connection');
    const [socket] = sockets;
    return socket;
  };

  it('holds its connection until the cancel request has returned, even if the reply came before', async () => {
    const caller = new AbortController();
    const over = jest.fn();
    const outcome = query(caller.signal).finally(over);
    caller.abort();
    const request = await cancelRequest();
    reply.reject(CANCELED);
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).not.toHaveBeenCalled();
    request?.end();
    await expect(outcome).rejects.toBeInstanceOf(CancelledError);
  });

  it('closes its connection when the server does not reply, and reports that', async () => {
    const caller = new AbortController();
    const unresponsive = jest.fn(() => reply.reject(new Error('Connection terminated')));
    session.once('unresponsive', unresponsive);
    const outcome = query(caller.signal);
    caller.abort();
    await expect(outcome).rejects.toBeInstanceOf(CancelledError);
    expect(unresponsive).toHaveBeenCalled();
    expect((Reflect.get(session, 'socket') as Socket).destroyed).toBe(true);
  });

  it('may be one that runs when a shutdown takes long; a later one has a second', async () => {
    const outcome = query();
    session.giveUp();
    (await cancelRequest())?.end();
    reply.reject(CANCELED);
    await expect(outcome).rejects.toBeInstanceOf(DeadlineExceededError);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    reply = Promise.withResolvers();
    const later = query();
    await eventually(() => expect(timers.mock.calls.map(([, ms]) => ms)).toContain(1_000));
    reply.reject(CANCELED);
    await expect(later).rejects.toBe(CANCELED);
  });
});
