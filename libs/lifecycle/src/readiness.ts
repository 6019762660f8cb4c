import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { DependencyCheck, DependencyHealth } from './dependency-check.js';
import { Lifecycle, type LifecycleState } from './lifecycle.js';
import { type LifecycleConfig, lifecycleConfig } from './lifecycle.config.js';

/** @publicApi */
export interface ReadinessReport {
  ready: boolean;
  state: LifecycleState;
  checks: Record<string, DependencyHealth>;
  /** What is worth knowing and no reason to send traffic elsewhere; left out when there is nothing. */
  notes?: Record<string, Record<string, unknown>>;
}

/** Whether traffic should come here. A check runs at most once per `lifecycle.check_cache` and app. */
@Injectable()
export class Readiness {
  private readonly checks: DependencyCheck[] = [];
  private readonly notes = new Map<string, () => Record<string, unknown>>();

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly indicators: HealthIndicatorService,
    @InjectConfig(lifecycleConfig) private readonly config: ConfigHandle<LifecycleConfig>,
  ) {}

  register(check: DependencyCheck): void {
    this.checks.push(check);
  }

  /** Shows with each report what `read` gives then, unless that is empty: `circuits: { worker: 'open' }`. */
  note(name: string, read: () => Record<string, unknown>): void {
    this.notes.set(name, read);
  }

  async report(): Promise<ReadinessReport> {
    const state = this.lifecycle.state;
    const checks = await this.dependencies();
    const available = Object.values(checks).every(({ status, needed }) => status === 'up' || !needed);
    return { ready: state === 'ready' && available, state, checks, ...this.readNotes() };
  }

  /** Every dependency of this app as it is now. */
  async dependencies(): Promise<Record<string, DependencyHealth>> {
    const entries = await Promise.all(
      this.checks.map(async (check) => [check.name, await this.run(check)] as const),
    );
    return Object.fromEntries(entries);
  }

  private readNotes(): Pick<ReadinessReport, 'notes'> {
    const all = [...this.notes].map(([name, read]) => [name, read()] as const);
    const told = all.filter(([, note]) => Object.keys(note).length > 0);
    return told.length > 0 ? { notes: Object.fromEntries(told) } : {};
  }

  private async run(check: DependencyCheck): Promise<DependencyHealth> {
    const { checkTimeout, checkCache } = this.config.current;
    const result = await this.indicators
      .check(check.name)
      .attempt(({ signal }) => check.check(signal))
      .withTimeout(checkTimeout)
      .cacheFor(checkCache);
    const outcome = result[check.name];
    const latency = Number((outcome as { responseTime?: number } | undefined)?.responseTime ?? 0);
    const message = (outcome as { message?: string } | undefined)?.message;
    const health = { status: outcome?.status === 'up' ? 'up' : 'down', needed: check.needed } as const;
    return { ...health, latency_ms: Math.round(latency), ...(message && { message }) };
  }
}
