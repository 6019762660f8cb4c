import { EventEmitter } from 'node:events';
import { RequestContext } from '@app/context';
import { CancelledError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { SessionPool } from './session.pool.js';

describe('a pool of sessions', () => {
  it('no longer trusts its sessions when one of them turns out to be dead', () => {
    const pool = new SessionPool({});
    const session = new EventEmitter();
    pool.emit('connect', session as pg.PoolClient);
    const before = performance.now();
    expect(pool.trustedSince).toBe(0);
    session.emit('unresponsive');
    expect(pool.trustedSince).toBeGreaterThanOrEqual(before);
  });

  it('ends the wait for a session when the caller disconnects', async () => {
    /** A session that neither opens nor fails. */
    class Opening extends EventEmitter {
      connect(): void {}
    }
    const pool = new SessionPool({ Client: Opening as unknown as typeof pg.Client });
    const caller = new AbortController();
    const context = new RequestContext({ entry: 'grpc', operation: 'test', signal: caller.signal });
    const outcome = context.run(() => pool.connect());
    caller.abort();
    await expect(outcome).rejects.toBeInstanceOf(CancelledError);
  });
});
