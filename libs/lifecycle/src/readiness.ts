import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { CheckLoop } from './check.loop.js';
import { Dependency } from './dependency.js';
import type { DependencyCheck, DependencyHealth } from './dependency-check.js';
import { Lifecycle, type LifecycleState } from './lifecycle.js';
import { type LifecycleConfig, lifecycleConfig } from './lifecycle.config.js';

/** @publicApi */
export interface ReadinessReport {
  ready: boolean;
  state: LifecycleState;
  checks: Record<string, DependencyHealth>;
  /** Information that does not affect readiness; omitted when there is none. */
  notes?: Record<string, Record<string, unknown>>;
}

/** Delay before the next check of a dependency whose last check failed, in milliseconds. */
const RECHECK_MS = 1_000;

/**
 * Whether this app should receive traffic, and which of its dependencies are unavailable. A check runs at most once
 * per `lifecycle.check_cache` and app, and at least once per `lifecycle.check_interval`, so that outages of unused
 * dependencies are logged too.
 */
@Injectable()
export class Readiness implements OnApplicationBootstrap {
  private readonly checks: DependencyCheck[] = [];
  private readonly dependenciesByName = new Map<string, Dependency>();
  private readonly loops = new Map<string, CheckLoop>();
  private readonly notes = new Map<string, () => Record<string, unknown>>();
  private hasStarted = false;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly indicators: HealthIndicatorService,
    @InjectConfig(lifecycleConfig) private readonly config: ConfigHandle<LifecycleConfig>,
  ) {
    // After the last work, and before the app closes its connections.
    lifecycle.register({ name: 'checks', flush: async () => this.stop() });
  }

  /** Shows the dependency in every report, and logs its outages. */
  register(check: DependencyCheck): void {
    this.checks.push(check);
    if (check.logsOutages !== false) this.follow(check);
  }

  /** Logs the outages of a dependency without showing this check in reports. */
  watch(check: DependencyCheck): Dependency {
    return this.follow(check, `${check.name} (watched)`);
  }

  /**
   * The dependency of this name, for the connections to it.
   *
   * @param subject as the subject of a sentence: `Redis at localhost:6379`
   */
  dependency(name: string, subject?: string): Dependency {
    let dependency = this.dependenciesByName.get(name);
    if (!dependency) {
      dependency = new Dependency(name, () => this.loops.get(name)?.now());
      this.dependenciesByName.set(name, dependency);
    }
    if (subject !== undefined) dependency.subject = subject;
    return dependency;
  }

  /** Adds the result of `read` to each report, unless it is empty: `circuits: { worker: 'open' }`. */
  note(name: string, read: () => Record<string, unknown>): void {
    this.notes.set(name, read);
  }

  onApplicationBootstrap(): void {
    this.hasStarted = true;
    for (const loop of this.loops.values()) loop.start();
  }

  async report(): Promise<ReadinessReport> {
    const state = this.lifecycle.state;
    const checks = await this.dependencies();
    const available = Object.values(checks).every(({ status, needed }) => status === 'up' || !needed);
    return { ready: state === 'ready' && available, state, checks, ...this.readNotes() };
  }

  /** The current state of every dependency of this app. */
  async dependencies(): Promise<Record<string, DependencyHealth>> {
    const entries = await Promise.all(
      this.checks.map(async (check) => [check.name, await this.run(check)] as const),
    );
    return Object.fromEntries(entries);
  }

  /** @param key under which the results of the check are stored */
  private follow(check: DependencyCheck, key = check.name): Dependency {
    const dependency = this.dependency(check.name, check.subject);
    const pause = () => (dependency.isSuspect ? RECHECK_MS : this.config.current.checkInterval);
    this.loops.get(check.name)?.stop();
    const loop = new CheckLoop(() => this.run(check, key), pause);
    this.loops.set(check.name, loop);
    if (this.hasStarted) loop.start();
    return dependency;
  }

  private stop(): void {
    for (const loop of this.loops.values()) loop.stop();
    for (const dependency of this.dependenciesByName.values()) dependency.stop();
  }

  private readNotes(): Pick<ReadinessReport, 'notes'> {
    const all = [...this.notes].map(([name, read]) => [name, read()] as const);
    const told = all.filter(([, note]) => Object.keys(note).length > 0);
    return told.length > 0 ? { notes: Object.fromEntries(told) } : {};
  }

  private async run(check: DependencyCheck, key = check.name): Promise<DependencyHealth> {
    const { checkTimeout, checkCache } = this.config.current;
    const attempt = new Attempt(check);
    const result = await this.indicators
      .check(key)
      .attempt(({ signal }) => attempt.run(signal))
      .withTimeout(checkTimeout)
      .cacheFor(checkCache);
    const outcome = result[key];
    const latency = Number((outcome as { responseTime?: number } | undefined)?.responseTime ?? 0);
    const message = (outcome as { message?: string } | undefined)?.message;
    const status = outcome?.status === 'up' ? 'up' : 'down';
    if (attempt.wasMade && check.logsOutages !== false)
      this.dependency(check.name).checked(status === 'up' ? undefined : (attempt.failure ?? late(message)));
    return { status, needed: check.needed, latency_ms: Math.round(latency), ...(message && { message }) };
  }
}

/** One run of a check, unless the result of another run is still cached. */
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

/** The error of a check that has not ended in time. */
function late(message = 'no answer in time'): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
