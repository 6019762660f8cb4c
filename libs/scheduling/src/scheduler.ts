import { type ConfigHandle, type ConfigSubscription, InjectConfig } from '@app/config';
import { InFlight, Lifecycle } from '@app/lifecycle';
import { Leases } from '@app/locks';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { Job, JobMethod } from './job.js';
import { JobExplorer } from './job.explorer.js';
import { JobPlanner } from './job.planner.js';
import { JobRunner } from './job.runner.js';
import { JobRunStore } from './job-run.store.js';
import { JobWatch } from './job.watch.js';
import { SchedulingClock } from './scheduling.clock.js';
import { type SchedulingConfig, schedulingConfig } from './scheduling.config.js';
import { SchedulingMetrics } from './scheduling.metrics.js';

/**
 * Keeps a `JobWatch` for each enabled job, which starts the runs of the job when they are due. A change of the
 * configuration replaces watches whose schedule changed. A shutdown stops all watches, then waits for runs in progress.
 */
@Injectable()
export class Scheduler implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(Scheduler.name);
  private readonly inFlight = new InFlight();
  private readonly watches = new Map<string, JobWatch>();
  private methods: readonly JobMethod[] = [];
  private jobs: readonly Job[] = [];
  private subscriptions: readonly ConfigSubscription[] = [];

  constructor(
    private readonly explorer: JobExplorer,
    private readonly planner: JobPlanner,
    private readonly runner: JobRunner,
    private readonly store: JobRunStore,
    private readonly clock: SchedulingClock,
    private readonly leases: Leases,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: SchedulingMetrics,
    @InjectConfig(schedulingConfig) private readonly config: ConfigHandle<SchedulingConfig>,
  ) {}

  /** The names of the jobs that this process serves. */
  get served(): string[] {
    return [...this.watches.keys()];
  }

  /** Reads every job, so that an invalid one fails the start. */
  onModuleInit(): void {
    this.methods = this.explorer.find();
    this.jobs = this.planner.plan(this.methods, this.config.current);
    this.lifecycle.register({
      name: 'scheduler',
      stopIntake: () => this.stop(),
      drain: () => this.inFlight.idle(),
      pending: () => this.inFlight.describe(),
    });
  }

  /** Watches the jobs once every module is up. */
  onApplicationBootstrap(): void {
    this.updateWatches({ starting: true });
    const { checks, changes } = this.config;
    this.subscriptions = [
      // `plan` throws for an unknown job or an invalid schedule: then the change is rejected.
      checks.subscribe((config) => void this.planner.plan(this.methods, config)),
      changes.subscribe((config) => this.reload(config)),
    ];
  }

  private updateWatches({ starting }: { starting: boolean }): void {
    const { clock, store, runner, leases, inFlight, config } = this;
    this.metrics.serve(this.jobs.filter(({ enabled }) => enabled));
    for (const job of this.jobs) {
      const { name } = job;
      if (job.enabled && this.watches.get(name)?.tryUpdate(job)) continue;
      this.unwatch(name);
      const parts = { clock, store, runner, leases, inFlight, config, starting };
      if (job.enabled) this.watches.set(name, new JobWatch(job, parts));
    }
  }

  private unwatch(name: string): void {
    this.watches.get(name)?.stop();
    this.watches.delete(name);
  }

  private stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const name of this.served) this.unwatch(name);
  }

  private reload(config: SchedulingConfig): void {
    this.jobs = this.planner.plan(this.methods, config);
    this.updateWatches({ starting: false });
    this.logger.log({ jobs: this.jobs.map(({ name }) => name) }, 'schedules changed');
  }
}
