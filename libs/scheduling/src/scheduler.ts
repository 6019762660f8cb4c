import { type ConfigHandle, type ConfigSubscription, InjectConfig } from '@app/config';
import { InFlight, Lifecycle } from '@app/lifecycle';
import { OutageLog } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import type { Job, JobMethod } from './job.js';
import { JobExplorer } from './job.explorer.js';
import { JobPlanner } from './job.planner.js';
import { JobRunner } from './job.runner.js';
import { JobRunStore } from './job-run.store.js';
import { type SchedulingConfig, schedulingConfig } from './scheduling.config.js';

/** `cron` passes over an instant that it notices later than this; the record decides here, not the timer. */
const LATE_MS = 60_000;

/** Keeps a timer for each job, and knows what an app that stops has to wait for. */
@Injectable()
export class Scheduler implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(Scheduler.name);
  private readonly inFlight = new InFlight();
  private readonly outages = new Map<string, OutageLog>();
  private methods: readonly JobMethod[] = [];
  private jobs: readonly Job[] = [];
  private subscriptions: readonly ConfigSubscription[] = [];

  constructor(
    private readonly explorer: JobExplorer,
    private readonly planner: JobPlanner,
    private readonly runner: JobRunner,
    private readonly store: JobRunStore,
    private readonly registry: SchedulerRegistry,
    private readonly lifecycle: Lifecycle,
    @InjectConfig(schedulingConfig) private readonly config: ConfigHandle<SchedulingConfig>,
  ) {}

  /** Reads every job, so that one that cannot run fails the start. */
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

  /** Starts the timers once every module is up. */
  onApplicationBootstrap(): void {
    this.startTimers();
    for (const job of this.jobs.filter(({ enabled }) => enabled))
      void this.serve(job, () => this.missed(job));
    const { checks, changes } = this.config;
    this.subscriptions = [
      checks.subscribe((config) => void this.planner.plan(this.methods, config)),
      changes.subscribe((config) => this.reload(config)),
    ];
  }

  private startTimers(): void {
    for (const job of this.jobs.filter(({ enabled }) => enabled)) {
      const { expression, timezone } = job.schedule;
      const onTick = () => void this.serve(job, () => this.due(job));
      const timer = CronJob.from({
        name: job.name,
        cronTime: expression,
        timeZone: timezone,
        onTick,
        threshold: LATE_MS,
      });
      this.registry.addCronJob(job.name, timer);
      timer.start();
    }
  }

  private stop(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.stopTimers();
  }

  private stopTimers(): void {
    for (const { name } of this.jobs)
      if (this.registry.doesExist('cron', name)) this.registry.deleteCronJob(name);
  }

  private reload(config: SchedulingConfig): void {
    const jobs = this.planner.plan(this.methods, config);
    this.stopTimers();
    this.jobs = jobs;
    this.startTimers();
    this.logger.log({ jobs: this.jobs.map(({ name }) => name) }, 'schedules changed');
  }

  private serve(job: Job, instants: () => Promise<Date[]>): Promise<void> {
    return this.inFlight.track(job.name, async () => {
      try {
        for (const instant of await instants()) await this.runner.attempt(job, instant);
        this.outages.get(job.name)?.back();
      } catch (error) {
        this.outageOf(job).lost(error);
      }
    });
  }

  private outageOf({ name }: Job): OutageLog {
    const known = this.outages.get(name);
    if (known) return known;
    const outage = new OutageLog(this.logger, {
      subject: `Serving the job ${name}`,
      fields: { job: name },
      dependent: true,
    });
    this.outages.set(name, outage);
    return outage;
  }

  /** What the timer has fired for, after what crashed before it. */
  private async due(job: Job): Promise<Date[]> {
    const instant = job.schedule.latest(new Date());
    return instant ? [...(await this.store.unfinished(job.name, instant)), instant] : [];
  }

  /** What crashed, and the last instant if nobody served it; a job that never ran has missed nothing. */
  private async missed(job: Job): Promise<Date[]> {
    const now = new Date();
    const crashed = await this.store.unfinished(job.name, now);
    if (job.misfire === 'skip') return crashed;
    const served = await this.store.latest(job.name);
    const instant = served && job.schedule.latest(now);
    return instant && instant > served ? [...crashed, instant] : crashed;
  }
}
