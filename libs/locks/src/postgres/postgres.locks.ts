import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Lease, Leases } from '../lease.js';
import type { Lock } from '../locks.js';

const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 250;

/** A request for a lock, with all defaults applied. */
export interface LockRequest {
  readonly name: string;
  readonly ttl: number;
  /** How long to wait, in milliseconds. */
  readonly wait: number;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/** Locks based on leases, so each holder has a fence. Waiters of one process queue up; only the first polls. */
@Injectable()
export class PostgresLocks {
  private readonly tails = new Map<string, Promise<void>>();

  constructor(private readonly leases: Leases) {}

  /** Waits for the lock. Returns undefined when others held it for the whole wait. @throws the signal's reason */
  async acquire(request: LockRequest): Promise<Lock | undefined> {
    const { name, wait, signal } = request;
    const giveUp = performance.now() + wait;
    const before = this.tails.get(name) ?? Promise.resolve();
    const done = Promise.withResolvers<void>();
    const tail = before.then(() => done.promise);
    this.tails.set(name, tail);
    try {
      if (!(await inTime(before, giveUp, signal))) return undefined;
      return await this.poll(request, giveUp);
    } finally {
      done.resolve();
      if (this.tails.get(name) === tail) this.tails.delete(name);
    }
  }

  private async poll({ name, ttl, signal }: LockRequest, giveUp: number): Promise<Lock | undefined> {
    for (let look = FIRST_LOOK_MS; ; look = Math.min(2 * look, LAST_LOOK_MS)) {
      signal?.throwIfAborted();
      const lease = await this.leases.acquire(name, { ttl });
      if (lease) return lockOf(lease);
      const left = giveUp - performance.now();
      if (left <= 0) return undefined;
      await delay(Math.min(left, look * (0.75 + Math.random() / 2)), undefined, { signal });
    }
  }
}

function lockOf(lease: Lease): Lock {
  return {
    name: lease.name,
    signal: lease.signal,
    fence: { name: lease.name, number: lease.fence },
    renew: () => lease.renew(),
    release: () => lease.release(),
  };
}

/** Whether `turn` resolved before `giveUp`. @throws the signal's reason */
async function inTime(
  turn: Promise<void>,
  giveUp: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const end = new AbortController();
  const either = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  const late = delay(Math.max(giveUp - performance.now(), 0), false, { signal: either });
  try {
    return await Promise.race([turn.then(() => true), late]);
  } finally {
    end.abort();
    late.catch(() => undefined);
  }
}
