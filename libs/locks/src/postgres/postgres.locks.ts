import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Lease, Leases } from '../lease.js';
import type { Lock } from '../locks.js';

const MIN_POLL_MS = 10;
const MAX_POLL_MS = 250;

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
    const deadline = performance.now() + wait;
    const before = this.tails.get(name) ?? Promise.resolve();
    const done = Promise.withResolvers<void>();
    const tail = before.then(() => done.promise);
    this.tails.set(name, tail);
    try {
      if (!(await inTime(before, deadline, signal))) return undefined;
      return await this.poll(request, deadline);
    } finally {
      done.resolve();
      if (this.tails.get(name) === tail) this.tails.delete(name);
    }
  }

  private async poll({ name, ttl, signal }: LockRequest, deadline: number): Promise<Lock | undefined> {
    for (let interval = MIN_POLL_MS; ; interval = Math.min(2 * interval, MAX_POLL_MS)) {
      signal?.throwIfAborted();
      const lease = await this.leases.acquire(name, { ttl });
      if (lease) return lockOf(lease);
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await delay(Math.min(left, interval * (0.75 + Math.random() / 2)), undefined, { signal });
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

/** Whether `turn` resolved before `deadline`. @throws the signal's reason */
async function inTime(
  turn: Promise<void>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const end = new AbortController();
  const either = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  const late = delay(Math.max(deadline - performance.now(), 0), false, { signal: either });
  try {
    return await Promise.race([turn.then(() => true), late]);
  } finally {
    end.abort();
    late.catch(() => undefined);
  }
}
