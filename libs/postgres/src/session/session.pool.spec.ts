import { EventEmitter } from 'node:events';
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
});
