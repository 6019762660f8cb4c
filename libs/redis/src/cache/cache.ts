import type { CacheCodec } from './cache.codec.js';

/** Options of a cache namespace. */
export interface CacheNamespaceOptions<T> {
  /** Unique in the app; part of every key and a metric label: `books`. */
  name: string;
  /** Serialises values. Stored values that it cannot decode are misses, so codec and type may change at any time. */
  codec: CacheCodec<T>;
  /** How long a value is fresh, in milliseconds. */
  ttl: number;
  /**
   * The largest random reduction of `ttl`, as a share of it, so that values do not expire at the same time.
   *
   * @default 0.1
   */
  jitter?: number;
  /**
   * How long a stale value may still be returned, in milliseconds, while one process of the fleet loads it again in the
   * background (RFC 5861). @default 0
   */
  staleWhileRevalidate?: number;
  /** How long an absence is cached, in milliseconds; with 0 every request loads again. @default 0 */
  negativeTtl?: number;
  /** The scope in which a key has at most one load at a time: each process, or all of them. @default 'process' */
  singleFlight?: 'process' | 'fleet';
  /**
   * The behaviour when Redis does not answer. `load` loads from the source, once at a time per key and process, and
   * stores nothing. `fail` fails the request and so protects the source. @default 'load'
   */
  whenDown?: 'load' | 'fail';
  /** The time limit of one load, in milliseconds; then it fails for all waiting callers. @default 10000 */
  loadTimeout?: number;
}

/**
 * Loads a value from the source; `undefined` means that there is none. Concurrent callers share the load, so it does
 * not end with its first caller: `signal` and the deadline of its context come from `loadTimeout`.
 */
export type CacheLoader<T> = (signal: AbortSignal) => Promise<T | undefined>;

/**
 * One kind of value in the cache.
 *
 * @publicApi
 */
export abstract class CacheNamespace<T> {
  /**
   * Returns the cached value. If there is none, it calls `load` and stores the result. Requests for a key that is being
   * loaded wait for that load. A caller whose context is aborted stops waiting; the load continues for the others.
   *
   * @throws the error of `load`, for all waiting callers; nothing is stored then
   * @throws DeadlineExceededError when the load exceeds `loadTimeout`, or the caller's deadline passes
   * @throws CancelledError when the caller cancels or disconnects
   * @throws RedisUnavailableError when Redis does not answer and `whenDown` is `fail`
   */
  abstract getOrLoad(key: string, load: CacheLoader<T>): Promise<T | undefined>;

  /** Stores a value; a running load does not overwrite it. @throws RedisUnavailableError */
  abstract set(key: string, value: T): Promise<void>;

  /**
   * Removes a value. Call it after the source has changed, after the commit. A load that began before, in any process,
   * is not stored; callers that already wait for it in another process still receive its value.
   *
   * @throws RedisUnavailableError when the value may still be cached until it expires
   */
  abstract invalidate(key: string): Promise<void>;
}

/**
 * Caches values that are expensive to load, in the Redis of role `cache`. Any value may be evicted at any time.
 *
 * @publicApi
 */
export abstract class Cache {
  /** Opens a namespace, once for all its users. @throws CacheNamespaceTakenError */
  abstract namespace<T>(options: CacheNamespaceOptions<T>): CacheNamespace<T>;
}
