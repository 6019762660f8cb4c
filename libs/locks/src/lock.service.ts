import { MAX_TIMER_MS, remainingMs, RequestContext } from '@app/context';
import { CancelledError } from '@app/errors';
import { Injectable } from '@nestjs/common';
import { LockBusyError, LockQueueFullError } from './lock.errors.js';
import { LockMetrics, type LockOutcome } from './lock.metrics.js';
import { type Lock, type LockOptions, Locks } from './locks.js';
import { PostgresLocks } from './postgres/postgres.locks.js';

const DEFAULTS = { ttl: 10_000, wait: 5_000, maxWaiters: 256 };

/** Locks with metrics and a limit of waiters. A wait ends at the context's deadline. */
@Injectable()
export class LockService extends Locks {
  private readonly waiting = new Map<string, number>();

  constructor(
    private readonly locks: PostgresLocks,
    private readonly metrics: LockMetrics,
  ) {
    super();
  }

  async acquire(name: string, options: LockOptions = {}): Promise<Lock> {
    const started = performance.now();
    const ended = (outcome: LockOutcome) => this.metrics.ended(outcome, performance.now() - started);
    try {
      const lock = await this.queued(name, { ...DEFAULTS, ...options });
      if (!lock) throw LockBusyError.of(name, performance.now() - started);
      ended('acquired');
      return this.watched(lock);
    } catch (error) {
      ended(outcomeOf(error));
      throw error;
    }
  }

  async withLock<T>(name: string, options: LockOptions, work: (lock: Lock) => Promise<T>): Promise<T> {
    const lock = await this.acquire(name, options);
    try {
      return await work(lock);
    } finally {
      await lock.release();
    }
  }

  private async queued(
    name: string,
    { ttl, wait, maxWaiters, signal }: LockOptions & typeof DEFAULTS,
  ): Promise<Lock | undefined> {
    const ahead = this.waiting.get(name) ?? 0;
    if (ahead >= maxWaiters) throw LockQueueFullError.of(name, ahead);
    this.waiting.set(name, ahead + 1);
    const context = RequestContext.current();
    const signals = [signal, context?.callerSignal].filter((each) => each !== undefined);
    const either = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    try {
      if (either?.aborted) throw either.reason;
      const limit = Math.min(wait, remainingMs(context?.deadline), MAX_TIMER_MS);
      return await this.locks.acquire({ name, ttl, wait: limit, signal: either });
    } catch (error) {
      throw either?.aborted ? CancelledError.of(`Waiting for the lock ${name}`, error) : error;
    } finally {
      const left = (this.waiting.get(name) ?? 1) - 1;
      if (left > 0) this.waiting.set(name, left);
      else this.waiting.delete(name);
    }
  }

  /** The same lock, counted in the metrics while it is held. */
  private watched(lock: Lock): Lock {
    const { name, signal, fence } = lock;
    const count = this.metrics.held();
    const onLoss = () => {
      count.end();
      this.metrics.lost();
    };
    signal.addEventListener('abort', onLoss, { once: true });
    const release = async () => {
      signal.removeEventListener('abort', onLoss);
      count.end();
      await lock.release();
    };
    return { name, signal, fence, renew: () => lock.renew(), release };
  }
}

function outcomeOf(error: unknown): LockOutcome {
  if (error instanceof LockBusyError) return 'busy';
  if (error instanceof LockQueueFullError) return 'full';
  return error instanceof CancelledError ? 'cancelled' : 'failed';
}
