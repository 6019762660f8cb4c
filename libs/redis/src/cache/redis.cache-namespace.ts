import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import { Logger } from '@nestjs/common';
import { RedisUnavailableError } from '../redis.errors.js';
import { type CacheEntry, decodeEntry, encodeEntry } from './cache.entry.js';
import { type CacheLoader, CacheNamespace, type CacheNamespaceOptions } from './cache.js';
import type { CacheNamespaceMetrics } from './cache.metrics.js';
import type { CacheStore, LeaseReply } from './cache.store.js';
import { runLoad } from './run-load.js';
import { SharedLoads } from './shared-loads.js';

/** The difference between the time to live of a lease and the time limit of its load. */
const LEASE_MARGIN_MS = 1000;
/** First and last polling delay while another process loads the value. */
const MIN_POLL_MS = 5;
const MAX_POLL_MS = 100;

type Found<T> = { state: 'fresh' | 'stale'; entry: CacheEntry<T> } | { state: 'missing' | 'unreadable' };

export class RedisCacheNamespace<T> extends CacheNamespace<T> {
  private readonly logger = new Logger('Cache');
  private readonly options: Required<CacheNamespaceOptions<T>>;
  private readonly loads = new SharedLoads<T | undefined>();
  private readonly refreshes = new SharedLoads<void>();

  constructor(
    options: CacheNamespaceOptions<T>,
    private readonly store: CacheStore,
    private readonly metrics: CacheNamespaceMetrics,
    minLoadTimeout = 0,
  ) {
    super();
    const given = { ...DEFAULTS, ...options };
    this.options = { ...given, loadTimeout: Math.max(given.loadTimeout, minLoadTimeout) };
  }

  get pending(): number {
    return this.loads.size + this.refreshes.size;
  }

  async getOrLoad(key: string, load: CacheLoader<T>): Promise<T | undefined> {
    const { requests } = this.metrics;
    const join = (work: () => Promise<T | undefined>) =>
      this.loads.join(key, work, RequestContext.current()?.signal);
    if (this.loads.has(key)) {
      requests.miss.inc();
      return join(() => this.loadUnderLease(key, load, false));
    }
    let found: Found<T>;
    try {
      found = await this.read(key);
    } catch (error) {
      requests.down.inc();
      return join(() => this.loadWithoutRedis(load, error));
    }
    if (!('entry' in found)) {
      requests.miss.inc();
      const anyway = found.state === 'unreadable';
      return join(() => this.loadUnderLease(key, load, anyway));
    }
    const { value } = found.entry;
    if (found.state === 'stale') {
      requests.stale.inc();
      this.refresh(key, load);
    } else requests[value === undefined ? 'absent' : 'hit'].inc();
    return value;
  }

  async set(key: string, value: T): Promise<void> {
    await this.store.replace(
      this.keyOf(key),
      encodeEntry(this.options.codec, { value }),
      this.lifetime(value),
    );
    this.loads.detach(key);
  }

  async invalidate(key: string): Promise<void> {
    try {
      await this.store.remove(this.keyOf(key));
    } finally {
      this.loads.detach(key);
      this.refreshes.detach(key);
    }
  }

  /** Resolves once every load has ended, including those in the background. */
  async idle(): Promise<void> {
    await Promise.all([this.loads.idle(), this.refreshes.idle()]);
  }

  private async read(key: string): Promise<Found<T>> {
    const { codec, staleWhileRevalidate } = this.options;
    const stored = await this.store.read(this.keyOf(key), staleWhileRevalidate > 0);
    if (!stored) return { state: 'missing' };
    try {
      const entry = decodeEntry(codec, stored.bytes);
      const fresh = entry.value === undefined || stored.remaining > staleWhileRevalidate;
      return { state: fresh ? 'fresh' : 'stale', entry };
    } catch (error) {
      this.fault('decode', error);
      return { state: 'unreadable' };
    }
  }

  private async loadUnderLease(key: string, load: CacheLoader<T>, anyway: boolean): Promise<T | undefined> {
    const { singleFlight, loadTimeout } = this.options;
    const deadline = performance.now() + 2 * loadTimeout + LEASE_MARGIN_MS;
    for (
      let interval = MIN_POLL_MS;
      performance.now() < deadline;
      interval = Math.min(2 * interval, MAX_POLL_MS)
    ) {
      let reply: LeaseReply;
      try {
        reply = await this.lease(key, { joining: singleFlight === 'process', anyway });
        const found = reply.state === 'VALUE' ? await this.read(key) : undefined;
        if (found && 'entry' in found) return found.entry.value;
      } catch (error) {
        return this.loadWithoutRedis(load, error);
      }
      if (reply.state === 'LEASE') return this.loadAndStore(key, load, reply.token);
      await delay(interval * (0.5 + Math.random()));
    }
    throw DeadlineExceededError.of('Another process, which loads the value,');
  }

  private loadWithoutRedis(load: CacheLoader<T>, error: unknown): Promise<T | undefined> {
    this.fault('read', error);
    if (this.options.whenDown === 'fail')
      return Promise.reject(error instanceof Error ? error : RedisUnavailableError.because(error));
    return this.load(load);
  }

  private async loadAndStore(key: string, load: CacheLoader<T>, token: string): Promise<T | undefined> {
    let value: T | undefined;
    try {
      value = await this.load(load);
    } catch (error) {
      await this.put(() => this.store.release(this.keyOf(key), token));
      throw error;
    }
    const lifetime = this.lifetime(value);
    await this.put(async () => {
      if (lifetime === 0) return this.store.release(this.keyOf(key), token);
      const bytes = encodeEntry(this.options.codec, { value });
      const stored = await this.store.store(this.keyOf(key), token, bytes, lifetime);
      if (!stored) this.metrics.faults.outdated.inc();
    });
    return value;
  }

  private async load(load: CacheLoader<T>): Promise<T | undefined> {
    const { loads, seconds } = this.metrics;
    const started = performance.now();
    try {
      const value = await runLoad(load, this.options.loadTimeout);
      loads[value === undefined ? 'absent' : 'found'].inc();
      return value;
    } catch (error) {
      loads[error instanceof DeadlineExceededError ? 'timed_out' : 'failed'].inc();
      throw error;
    } finally {
      seconds.observe((performance.now() - started) / 1000);
    }
  }

  /** Loads in the background; only one process of the fleet does so at a time. */
  private refresh(key: string, load: CacheLoader<T>): void {
    if (this.refreshes.has(key)) return;
    const work = async () => {
      const reply = await this.lease(key, { joining: false, anyway: true });
      if (reply.state === 'LEASE') await this.loadAndStore(key, load, reply.token);
    };
    this.refreshes
      .join(key, work)
      .catch((error: unknown) =>
        this.logger.warn({ err: error, cache: this.options.name }, 'a stale value could not be reloaded'),
      );
  }

  private lease(key: string, how: { joining: boolean; anyway: boolean }): Promise<LeaseReply> {
    const ttl = this.options.loadTimeout + LEASE_MARGIN_MS;
    return this.store.lease(this.keyOf(key), { token: randomUUID(), ttl, ...how });
  }

  /** Stores a loaded value. A failure is only logged, because the value can be returned anyway. */
  private async put(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.fault('write', error);
    }
  }

  private fault(fault: 'read' | 'write' | 'decode', error: unknown): void {
    this.metrics.faults[fault].inc();
    this.logger.debug({ err: error, cache: this.options.name, fault }, 'the cache could not be used');
  }

  /** The time to live in Redis, in milliseconds. */
  private lifetime(value: T | undefined): number {
    const { ttl, negativeTtl, jitter, staleWhileRevalidate } = this.options;
    const shortened = (time: number) => time * (1 - jitter * Math.random());
    return Math.ceil(value === undefined ? shortened(negativeTtl) : shortened(ttl) + staleWhileRevalidate);
  }

  /** The name is part of the hash tag, so that the tag is never empty. */
  private keyOf(key: string): string {
    return `cache:{${this.options.name}:${key}}`;
  }
}

const DEFAULTS = {
  jitter: 0.1,
  staleWhileRevalidate: 0,
  negativeTtl: 0,
  singleFlight: 'process',
  whenDown: 'load',
  loadTimeout: 10_000,
} as const;
