import { CheckLoop } from './check.loop.js';
import type { Dependency } from './dependency.js';
import type { DependencyCheck, DependencyHealth } from './dependency-check.js';
import type { HealthIndicatorService } from '@nestjs/terminus';
import type { LifecycleConfig } from './lifecycle.config.js';

/** The pause after a failed check, in milliseconds. */
const RECHECK_MS = 1_000;

/** @internal */
export interface CheckRunnerOptions {
  /** The key of the result in terminus. */
  key: string;
  indicators: HealthIndicatorService;
  config: () => LifecycleConfig;
  /** Receives each result; undefined when the outages of this check are not logged. */
  dependency?: Dependency | undefined;
}

/**
 * Runs one check: at least once per `lifecycle.check_interval`, sooner after a failure. The result is cached for
 * `lifecycle.check_cache`. The last result is kept for callers that must not wait.
 */
export class CheckRunner {
  /** Undefined before the first result. */
  last: DependencyHealth | undefined;
  /** When the last check ended, in milliseconds since 1970. */
  lastAt: number | undefined;
  readonly loop = new CheckLoop(
    () => this.run(),
    () => this.pause(),
  );

  constructor(
    readonly check: DependencyCheck,
    private readonly options: CheckRunnerOptions,
  ) {}

  get logsOutages(): boolean {
    return this.options.dependency !== undefined;
  }

  async run(): Promise<DependencyHealth> {
    const { key, indicators, config, dependency } = this.options;
    const { checkTimeout, checkCache } = config();
    const attempt = new Attempt(this.check);
    const result = await indicators
      .check(key)
      .attempt(({ signal }) => attempt.run(signal))
      .withTimeout(checkTimeout)
      .cacheFor(checkCache);
    const health = this.healthOf(result[key]);
    if (attempt.wasMade) {
      this.last = health;
      this.lastAt = Date.now();
      dependency?.checked(health.status === 'up' ? undefined : (attempt.failure ?? late(health.message)));
    }
    return health;
  }

  private healthOf(outcome: Outcome | undefined): DependencyHealth {
    const { status, responseTime, message } = outcome ?? {};
    return {
      status: status === 'up' ? 'up' : 'down',
      needed: this.check.needed,
      latency_ms: Math.round(responseTime ?? 0),
      ...(message && { message }),
    };
  }

  private pause(): number {
    const isDown = this.options.dependency?.isSuspect === true || this.last?.status === 'down';
    return isDown ? RECHECK_MS : this.options.config().checkInterval;
  }
}

/** The result of a check in terminus. */
interface Outcome {
  status: string;
  responseTime?: number;
  message?: string;
}

/** One run of a check. `wasMade` stays false if terminus returns a cached result. */
class Attempt {
  wasMade = false;
  failure: unknown;

  constructor(private readonly check: DependencyCheck) {}

  async run(signal: AbortSignal): Promise<void> {
    this.wasMade = true;
    try {
      await this.check.check(signal);
    } catch (error) {
      this.failure = error ?? new Error('the check failed');
      throw error;
    }
  }
}

/** The error of a check that did not end in time. */
function late(message = 'no answer in time'): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
