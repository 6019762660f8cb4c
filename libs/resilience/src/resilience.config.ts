import { type ConfigOf, defineConfig, duration } from '@app/config';
import { z } from 'zod';

/** Settings of one policy; durations in milliseconds. */
export interface PolicySettings {
  /** All attempts and the pauses between them. */
  totalTimeout: number;
  /** One attempt. */
  attemptTimeout: number;
  retry: RetrySettings;
  breaker: BreakerSettings;
  bulkhead: BulkheadSettings;
}

export interface RetrySettings {
  /** The first attempt included; 1 means no retry. */
  maxAttempts: number;
  /** Upper bound of the first pause; it doubles with each retry. */
  initialDelay: number;
  maxDelay: number;
  /** Retries as a share of the calls of a window. */
  budget: number;
  budgetWindow: number;
  /** Minimum number of retries per window, even with few calls. */
  budgetReserve: number;
}

export interface BreakerSettings {
  /** Whether the breaker is used. */
  enabled: boolean;
  /** Opens when more than this share of the calls of a window failed, … */
  failureRatio: number;
  window: number;
  /** … and the window has at least this many. */
  minimumCalls: number;
  /** How long it stays open before the next call is a trial. */
  halfOpenAfter: number;
}

export interface BulkheadSettings {
  maxConcurrent: number;
  /** How many calls may wait, and for how long. */
  queue: number;
  queueTimeout: number;
}

const BUILT_IN: PolicySettings = {
  totalTimeout: 10_000,
  attemptTimeout: 5_000,
  retry: {
    maxAttempts: 3,
    initialDelay: 50,
    maxDelay: 1_000,
    budget: 0.2,
    budgetWindow: 10_000,
    budgetReserve: 3,
  },
  breaker: { enabled: true, failureRatio: 0.5, window: 10_000, minimumCalls: 10, halfOpenAfter: 1_000 },
  bulkhead: { maxConcurrent: 1_024, queue: 1_024, queueTimeout: 1_000 },
};

/** The policy of calls that only check whether another app answers. */
export const HEALTH_CHECKS = 'health_checks';

/**
 * Built-in settings by name, which override `default`. A health check is never rejected by an open circuit and never
 * repeated, so that it shows the current state of the upstream.
 */
const BY_NAME: Record<string, WrittenPolicy> = {
  [HEALTH_CHECKS]: { retry: { maxAttempts: 1 }, breaker: { enabled: false } },
};

const count = () => z.number().int();

const written = z.object({
  totalTimeout: duration({ min: '1ms' }).optional(),
  attemptTimeout: duration({ min: '1ms' }).optional(),
  retry: z
    .object({
      maxAttempts: count().min(1).max(10),
      initialDelay: duration(),
      maxDelay: duration(),
      budget: z.number().min(0).max(1),
      budgetWindow: duration({ min: '100ms' }),
      budgetReserve: count().min(0),
    })
    .partial()
    .optional(),
  breaker: z
    .object({
      enabled: z.boolean(),
      failureRatio: z.number().gt(0).lt(1),
      /** Divided into slices of at most one second, each of which needs memory. */
      window: duration({ min: '100ms', max: '1h' }),
      minimumCalls: count().min(1),
      halfOpenAfter: duration(),
    })
    .partial()
    .optional(),
  bulkhead: z
    .object({ maxConcurrent: count().min(1), queue: count().min(0), queueTimeout: duration() })
    .partial()
    .optional(),
});

type WrittenPolicy = z.output<typeof written>;

/**
 * The policies by name. Missing settings come from the policy `default`, and those that it lacks are built in.
 */
export const resilienceConfig = defineConfig('resilience', {
  schema: z.object({ policies: z.record(z.string(), written).prefault({}).transform(complete) }),
  reloadable: ['policies'],
});

export type ResilienceConfig = ConfigOf<typeof resilienceConfig>;

/** The settings of a policy; a name without configuration has those of `default`. */
export function settingsOf({ policies }: ResilienceConfig, name: string): PolicySettings {
  return policies[name] ?? policies['default'] ?? BUILT_IN;
}

function complete(policies: Record<string, WrittenPolicy>): Record<string, PolicySettings> {
  const fallback = laidOver(BUILT_IN, policies['default'] ?? {});
  const builtIn = Object.entries(BY_NAME).map(
    ([name, policy]) => [name, laidOver(fallback, policy)] as const,
  );
  const named = Object.entries(policies).map(
    ([name, policy]) => [name, laidOver(laidOver(fallback, BY_NAME[name] ?? {}), policy)] as const,
  );
  return { ...Object.fromEntries([...builtIn, ...named]), default: fallback };
}

function laidOver(base: PolicySettings, policy: WrittenPolicy): PolicySettings {
  return {
    totalTimeout: policy.totalTimeout ?? base.totalTimeout,
    attemptTimeout: policy.attemptTimeout ?? base.attemptTimeout,
    retry: { ...base.retry, ...policy.retry },
    breaker: { ...base.breaker, ...policy.breaker },
    bulkhead: { ...base.bulkhead, ...policy.bulkhead },
  };
}
