import { LONGEST_TIMER_MS, remainingMs, RequestContext } from '@app/context';
import { CancelledError } from '@app/errors';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { type LockBackend, POSTGRES_LOCKS, REDIS_LOCKS } from './lock.backend.js';
import { LockBusyError, LockDriverMissingError, LockQueueFullError } from './lock.errors.js';
import { LockMetrics, type LockOutcome } from './lock.metrics.js';
import { type Lock, type LockDriver, type LockOptions, Locks } from './locks.js';

/** The drivers of an app in their order. */
export const LOCK_DRIVERS = Symbol('lock drivers');

const DEFAULTS = { ttl: 10_000, wait: 5_000, maxWaiters: 256 };

/** What all drivers have in common: bounded waiting, the context's deadline, what is measured. */
@Injectable()
export class LockService extends Locks {
  private readonly waiting = new Map<string, number>();
  private readonly backends: Readonly<Record<LockDriver, LockBackend | undefined>>;

  constructor(
    @Inject(LOCK_DRIVERS) private readonly drivers: readonly LockDriver[],
    private readonly metrics: LockMetrics,
    @Optional() @Inject(REDIS_LOCKS) redis?: LockBackend,
    @Optional() @Inject(POSTGRES_LOCKS) postgres?: LockBackend,
  ) {
    super();
    this.backends = { redis, postgres };
  }

  async acquire(name: string, options: LockOptions = {}): Promise<Lock> {
    const driver = options.driver ?? this.drivers[0] ?? 'redis';
    const started = performance.now();
    const ended = (outcome: LockOutcome) => this.metrics.ended(driver, outcome, performance.now() - started);
    try {
      const lock = await this.queued(driver, name, { ...DEFAULTS, ...options });
      if (!lock) throw LockBusyError.of(name, performance.now() - started);
      ended('acquired');
      return this.watched(driver, lock);
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
    driver: LockDriver,
    name: string,
    { ttl, wait, maxWaiters, signal }: LockOptions & typeof DEFAULTS,
  ): Promise<Lock | undefined> {
    const backend = this.backends[driver];
    if (!backend) throw LockDriverMissingError.of(driver);
    const key = `${driver}:${name}`;
    const ahead = this.waiting.get(key) ?? 0;
    if (ahead >= maxWaiters) throw LockQueueFullError.of(name, ahead);
    this.waiting.set(key, ahead + 1);
    const context = RequestContext.current();
    const signals = [signal, context?.callerSignal].filter((each) => each !== undefined);
    const either = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    try {
      if (either?.aborted) throw either.reason;
      const limit = Math.min(wait, remainingMs(context?.deadline), LONGEST_TIMER_MS);
      return await backend.acquire({ name, ttl, wait: limit, signal: either });
    } catch (error) {
      throw either?.aborted ? CancelledError.of(`Waiting for the lock ${name}`, error) : error;
    } finally {
      const left = (this.waiting.get(key) ?? 1) - 1;
      if (left > 0) this.waiting.set(key, left);
      else this.waiting.delete(key);
    }
  }

  /** The same lock, counted while it is held. */
  private watched(driver: LockDriver, lock: Lock): Lock {
    const { name, signal, fence } = lock;
    const count = this.metrics.held(driver);
    const onLoss = () => {
      count.end();
      this.metrics.lost(driver);
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
