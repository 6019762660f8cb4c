import type { CacheCodec } from './cache.codec.js';

/** How a namespace of the cache behaves. */
export interface CacheNamespaceOptions<T> {
  /** Unique in the app, a part of every key and a label of the metrics: `books`. */
  name: string;
  /** How values are stored. Stored values that it cannot read are misses: change it, or the type, at will. */
  codec: CacheCodec<T>;
  /** How long a value is fresh, in milliseconds. */
  ttl: number;
  /** How much earlier a value may end, at random, as a part of `ttl`: values stored together do not end together. @default 0.1 */
  jitter?: number;
  /**
   * How long a value that is not fresh any more may still be answered with, in milliseconds, while one request of
   * the fleet loads it anew in the background (RFC 5861). @default 0
   */
  staleWhileRevalidate?: number;
  /** How long it is remembered that there is nothing, in milliseconds; 0: every request asks again. @default 0 */
  negativeTtl?: number;
  /** Within what at most one load of a key is under way: each process, or all of them. @default 'process' */
  singleFlight?: 'process' | 'fleet';
  /**
   * What becomes of a request when Redis does not answer: `load` asks the source, once per key and process at a time,
   * and stores nothing; `fail` protects the source. @default 'load'
   */
  whenDown?: 'load' | 'fail';
  /** How long one load may take, in milliseconds; then it fails for all who wait for it. @default 10000 */
  loadTimeout?: number;
}

/**
 * Asks the source. `undefined` says that there is nothing. It serves whoever else asks in the meantime, so it does not
 * end with its caller: `signal` and the deadline of its context are those of `loadTimeout`.
 */
export type CacheLoader<T> = (signal: AbortSignal) => Promise<T | undefined>;

/**
 * One kind of value in the cache.
 *
 * @publicApi
 */
export abstract class CacheNamespace<T> {
  /**
   * The cached value; where there is none, what `load` finds, which is stored for the next one. Requests for a key that
   * is being loaded wait for that load. A caller whose context is aborted stops waiting; the load goes on for the others.
   *
   * @throws what `load` throws, to all who wait for it; nothing is stored then
   * @throws DeadlineExceededError when the load took longer than `loadTimeout`, or the caller's time was up
   * @throws CancelledError when the caller has gone away
   * @throws RedisUnavailableError when Redis does not answer and `whenDown` is `fail`
   */
  abstract getOrLoad(key: string, load: CacheLoader<T>): Promise<T | undefined>;

  /** Stores what the caller knows; a load that is under way does not overwrite it. @throws RedisUnavailableError */
  abstract set(key: string, value: T): Promise<void>;

  /**
   * Forgets a value: call it once the source has changed, after the commit. A load that began before is not stored,
   * in whatever process it runs; whoever waits for it there already is still answered with what it reads.
   *
   * @throws RedisUnavailableError when it may still be cached, for as long as its time to live
   */
  abstract invalidate(key: string): Promise<void>;
}

/**
 * Values that are cheaper to keep than to find, in the Redis of role `cache`. Nothing in it is needed: any value may be
 * gone at any time.
 *
 * @publicApi
 */
export abstract class Cache {
  /** Opens a namespace, once for all its users. @throws CacheNamespaceTakenError */
  abstract namespace<T>(options: CacheNamespaceOptions<T>): CacheNamespace<T>;
}
