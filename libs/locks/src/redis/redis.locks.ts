import { Lifecycle } from '@app/lifecycle';
import { RedisUnavailableError } from '@app/redis';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { LockBackend, LockRequest } from '../lock.backend.js';
import type { Lock } from '../locks.js';
import { RenewedLease } from '../renewed.lease.js';
import { type AcquireReply, RedisLockStore } from './redis-lock.store.js';
import { LockNotifier } from './lock.notifier.js';

/** How long a waiter keeps its place without asking again. */
const WAITER_TTL_MS = 1500;
/** How often a waiter asks, though nobody has told it that its turn has come. */
const LOOK_MS = 400;
/** The same, when it cannot be told. */
const LOOK_WITHOUT_BELL_MS = 50;

/**
 * Locks on one Redis primary: a random token, compared before it is extended or deleted; waiters in the order of coming.
 *
 * @see https://redis.io/docs/latest/develop/use/patterns/distributed-locks/ single instance
 */
@Injectable()
export class RedisLocks implements LockBackend, OnModuleInit {
  private readonly held = new Set<RenewedLease>();
  private count = 0;

  constructor(
    private readonly store: RedisLockStore,
    private readonly notifier: LockNotifier,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.lifecycle.register({
      name: 'redis locks',
      isRepeatable: true,
      flush: async () => void (await Promise.all([...this.held].map((lease) => lease.release()))),
      pending: () => [...this.held].map(({ name }) => name),
    });
  }

  async acquire(request: LockRequest): Promise<Lock | undefined> {
    const token = `${this.notifier.channel}/${(this.count += 1)}`;
    try {
      const since = await this.untilHeld(request, token);
      if (since !== undefined) return this.hold(request, token, since);
    } catch (error) {
      await this.leave(request.name, token);
      throw error;
    }
    await this.leave(request.name, token);
    return undefined;
  }

  /** When the request was sent that was granted; undefined when the time is up. */
  private async untilHeld(
    { name, ttl, wait, signal }: LockRequest,
    token: string,
  ): Promise<number | undefined> {
    const giveUp = performance.now() + wait;
    let turn = Promise.withResolvers<void>();
    const stop = wait > 0 ? this.notifier.listen(token, () => turn.resolve()) : () => undefined;
    const abort = () => turn.resolve();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      for (let asked = 0; ; asked++) {
        signal?.throwIfAborted();
        const since = performance.now();
        turn = Promise.withResolvers<void>();
        const left = giveUp - since;
        const reply = await this.ask(
          { name, token, ttl, waiterTtl: left > 0 ? WAITER_TTL_MS : 0 },
          asked > 0 && left > 0,
        );
        if (reply?.held) return since;
        if (left <= 0) return undefined;
        await this.pause(turn.promise, Math.min(left, this.lookAgain(reply)));
      }
    } finally {
      stop();
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Undefined when Redis did not answer and the caller has the time to ask again. */
  private async ask(
    { name, token, ttl, waiterTtl }: { name: string; token: string; ttl: number; waiterTtl: number },
    lenient: boolean,
  ): Promise<AcquireReply | undefined> {
    try {
      return await this.store.acquire(name, token, ttl, waiterTtl);
    } catch (error) {
      if (lenient && error instanceof RedisUnavailableError) return undefined;
      throw error;
    }
  }

  private lookAgain(reply: AcquireReply | undefined): number {
    if (!reply || !this.notifier.working) return LOOK_WITHOUT_BELL_MS * (0.75 + Math.random() / 2);
    const look = LOOK_MS * (0.75 + Math.random() / 2);
    // Nobody tells the next one when a holder died.
    return reply.ahead === 0 && reply.remaining > 0 ? Math.min(look, reply.remaining + 1) : look;
  }

  private async pause(turn: Promise<void>, ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.max(ms, 1))));
    await Promise.race([turn, over]);
    clearTimeout(timer);
  }

  private hold({ name, ttl }: LockRequest, token: string, since: number): Lock {
    const keeper = {
      extend: () => this.store.extend(name, token, ttl),
      giveUp: () => this.store.release(name, token),
    };
    const lease = new RenewedLease(keeper, { name, ttl, since }, (ended) => this.held.delete(ended));
    this.held.add(lease);
    return Object.assign(lease, { fence: undefined });
  }

  /** Whatever was asked for is given up; where that fails it runs out. */
  private async leave(name: string, token: string): Promise<void> {
    await this.store.release(name, token).catch(() => undefined);
  }
}
