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
}

/** Whether traffic should come here. A check runs at most once per `lifecycle.check_cache` and app. */
@Injectable()
export class Readiness {
  private readonly checks: DependencyCheck[] = [];

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly indicators: HealthIndicatorService,
    @InjectConfig(lifecycleConfig) private readonly config: ConfigHandle<LifecycleConfig>,
  ) {}

  register(check: DependencyCheck): void {
    this.checks.push(check);
  }

  async report(): Promise<ReadinessReport> {
    const state = this.lifecycle.state;
    const checks = await this.dependencies();
    const available = Object.values(checks).every(({ status, needed }) => status === 'up' || !needed);
    return { ready: state === 'ready' && available, state, checks };
  }

  /** Every dependency of this app as it is now. */
  async dependencies(): Promise<Record<string, DependencyHealth>> {
    const entries = await Promise.all(
      this.checks.map(async (check) => [check.name, await this.run(check)] as const),
    );
    return Object.fromEntries(entries);
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
