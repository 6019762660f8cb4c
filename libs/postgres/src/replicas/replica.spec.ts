import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SessionPool } from '../session/session.pool.js';
import { Replica } from './replica.js';

const withCode = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });

describe('a query on a replica', () => {
  const connect = jest.fn<() => Promise<unknown>>();
  let replica: Replica;

  beforeEach(() => {
    const pool = Object.assign(new EventEmitter(), { connect, end: () => Promise.resolve() });
    // No server listens on this port, so the probe fails at once.
    const probe = { url: 'postgres://127.0.0.1:1/none', applicationName: 'test', timeout: 1_000 };
    replica = new Replica('postgres_replica_1', pool as unknown as SessionPool, probe);
  });
  afterEach(() => replica.close());

  it.each(['ECONNREFUSED', '57P01', '28P01', '40001'])(
    'has no rows, so that the primary is queried, when it fails with %s',
    async (code) => {
      connect.mockRejectedValue(withCode(code));
      await expect(replica.query('SELECT 1', [])).resolves.toBeUndefined();
    },
  );

  it.each(['42703', '25006'])('fails when the statement is at fault: %s', async (code) => {
    connect.mockRejectedValue(withCode(code));
    await expect(replica.query('SELECT 1', [])).rejects.toMatchObject({ code });
  });
});
