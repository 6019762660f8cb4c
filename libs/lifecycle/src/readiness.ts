import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { CheckRunner } from './check.runner.js';
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

/**
 * Reports whether the app can take traffic, and which dependencies are unavailable. Each check has one loop, which
 * feeds the log and the metrics: see `CheckRunner`. A report also runs each check, unless its last result is cached.
 */
@Injectable()
export class Readiness implements OnApplicationBootstrap {
  /** The checks in reports, by name. */
  private readonly checks = new Map<string, CheckRunner>();
  /** The checks for the log only, by name. */
  private readonly watched = new Map<string, CheckRunner>();
  private readonly dependenciesByName = new Map<string, Dependency>();
  private readonly notes = new Map<string, () => Record<string, unknown>>();
  private readonly createdAt = Date.now();
  private hasStarted = false;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly indicators: HealthIndicatorService,
    @InjectConfig(lifecycleConfig) private readonly config: ConfigHandle<LifecycleConfig>,
  ) {
    // Stops after the last work, before the app closes its connections.
    lifecycle.register({ name: 'checks', flush: async () => this.stop() });
  }

  /** Shows the dependency in every report and in the metrics, and logs its outages. */
  register(check: DependencyCheck): void {
    const dependency = check.logsOutages === false ? undefined : this.dependency(check.name, check.subject);
    this.add(this.checks, check, check.name, dependency);
  }

  /** Logs the outages of a dependency without showing this check in reports. */
  watch(check: DependencyCheck): Dependency {
    const dependency = this.dependency(check.name, check.subject);
    this.add(this.watched, check, `${check.name} (watched)`, dependency);
    return dependency;
  }

  /**
   * The dependency of this name, for the connections to it.
   *
   * @param subject as the subject of a sentence: `Redis at localhost:6379`
   */
  dependency(name: string, subject?: string): Dependency {
    let dependency = this.dependenciesByName.get(name);
    if (!dependency) {
      dependency = new Dependency(name, () => this.recheck(name));
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
    for (const { loop } of this.runners()) loop.start();
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
      [...this.checks].map(async ([name, runner]) => [name, await runner.run()] as const),
    );
    return Object.fromEntries(entries);
  }

  /** The result of the last check of each dependency; undefined before the first check has ended. Runs no check. */
  get lastResults(): ReadonlyMap<string, DependencyHealth | undefined> {
    return new Map([...this.checks].map(([name, { last }]) => [name, last]));
  }

  /**
   * The time of the oldest of `lastResults`, in milliseconds since 1970. A check without a result counts from the start
   * of the app.
   */
  get measuredAt(): number {
    return Math.min(Date.now(), ...[...this.checks.values()].map(({ lastAt }) => lastAt ?? this.createdAt));
  }

  private add(
    runners: Map<string, CheckRunner>,
    check: DependencyCheck,
    key: string,
    dependency: Dependency | undefined,
  ): void {
    runners.get(check.name)?.loop.stop();
    const { indicators } = this;
    const runner = new CheckRunner(check, { key, indicators, config: () => this.config.current, dependency });
    runners.set(check.name, runner);
    if (this.hasStarted) runner.loop.start();
  }

  private recheck(name: string): void {
    const checks = [this.watched.get(name), this.checks.get(name)];
    for (const runner of checks) if (runner?.logsOutages) runner.loop.now();
  }

  private runners(): CheckRunner[] {
    return [...this.checks.values(), ...this.watched.values()];
  }

  private stop(): void {
    for (const { loop } of this.runners()) loop.stop();
    for (const dependency of this.dependenciesByName.values()) dependency.stop();
  }

  private readNotes(): Pick<ReadinessReport, 'notes'> {
    const all = [...this.notes].map(([name, read]) => [name, read()] as const);
    const shown = all.filter(([, note]) => Object.keys(note).length > 0);
    return shown.length > 0 ? { notes: Object.fromEntries(shown) } : {};
  }
}
