import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';

const REQUESTS = ['hit', 'absent', 'stale', 'miss', 'down'] as const;
const LOADS = ['found', 'absent', 'failed', 'timed_out'] as const;
const FAULTS = ['read', 'write', 'decode', 'outdated'] as const;

/** The result of a request: a value, a cached absence, a stale value, a miss, or no answer of Redis. */
export type CacheRequest = (typeof REQUESTS)[number];
/** The outcome of a load. */
export type CacheLoad = (typeof LOADS)[number];
/** A fault that does not fail the request; `outdated`: the loaded value was invalidated before it was stored. */
export type CacheFault = (typeof FAULTS)[number];

/** The metrics of one namespace. */
export interface CacheNamespaceMetrics {
  readonly requests: Readonly<Record<CacheRequest, Counter.Internal>>;
  readonly loads: Readonly<Record<CacheLoad, Counter.Internal>>;
  readonly faults: Readonly<Record<CacheFault, Counter.Internal>>;
  readonly seconds: Histogram.Internal<'cache'>;
}

@Injectable()
export class CacheMetrics {
  private readonly requests: Counter<'cache' | 'result'>;
  private readonly loads: Counter<'cache' | 'outcome'>;
  private readonly faults: Counter<'cache' | 'fault'>;
  private readonly seconds: Histogram<'cache'>;

  constructor(metrics: Metrics) {
    this.requests = metrics.counter({
      name: 'cache_requests_total',
      help: 'Requests by result: a value, a cached absence, a stale value, a miss, or no answer from Redis.',
      labelNames: ['cache', 'result'],
    });
    this.loads = metrics.counter({
      name: 'cache_loads_total',
      help: 'Loads from the source by outcome.',
      labelNames: ['cache', 'outcome'],
    });
    this.faults = metrics.counter({
      name: 'cache_faults_total',
      help: 'Reads and writes that failed, values that could not be read, and loads that were invalidated meanwhile.',
      labelNames: ['cache', 'fault'],
    });
    this.seconds = metrics.histogram({
      name: 'cache_load_duration_seconds',
      help: 'Duration of loads from the source.',
      labelNames: ['cache'],
    });
  }

  of(cache: string): CacheNamespaceMetrics {
    return {
      requests: each(REQUESTS, (result) => this.requests.labels({ cache, result })),
      loads: each(LOADS, (outcome) => this.loads.labels({ cache, outcome })),
      faults: each(FAULTS, (fault) => this.faults.labels({ cache, fault })),
      seconds: this.seconds.labels({ cache }),
    };
  }
}

function each<K extends string>(
  keys: readonly K[],
  make: (key: K) => Counter.Internal,
): Record<K, Counter.Internal> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, Counter.Internal>;
}
