import type { ConfigHandle } from '@app/config';
import { deadlineIn, RequestContext } from '@app/context';
import type { InFlight } from '@app/lifecycle';
import type { Leases } from '@app/locks';
import { OutageLog } from '@app/logging';
import { Logger } from '@nestjs/common';
import { type Job, leaseName } from './job.js';
import type { JobRunner } from './job.runner.js';
import type { JobRunStore } from './job-run.store.js';
import { LeaseWaits } from './lease.waits.js';
import { divide } from './misfire.js';
import type { SchedulingClock } from './scheduling.clock.js';
import type { SchedulingConfig } from './scheduling.config.js';

/** An instant with a longer delay is missed, because the process was paused. */
const LATE_MS = 10_000;
/** The same limit when the database did not answer. A cut connection alone does not make an instant missed. */
const LATE_IN_OUTAGE_MS = 1_000;
/** Timers drift, and stop on a suspended machine, so the clock of the database is read again after this time. */
const MAX_PAUSE_MS = 60_000;
/** The database counts as unavailable when it has not returned the time within this limit. */
const ANSWER_MS = 5_000;
const RETRY = { first: 250, longest: 5_000 };
/** How many instants of an outage get a record; the last ones are kept. */
const MAX_INSTANTS = 50;

export interface JobWatchParts {
  readonly clock: SchedulingClock;
  readonly store: JobRunStore;
  readonly runner: JobRunner;
  readonly leases: Leases;
  /** Counts every check and every run of the watch. */
  readonly inFlight: InFlight;
  readonly config: ConfigHandle<SchedulingConfig>;
  /** Whether the app has just started; then earlier instants without a record are missed, not new. */
  readonly starting: boolean;
}

/**
 * Watches one job. It checks for due instants at each instant of the job, when the lease of another process ends, and
 * repeatedly while the database does not answer. Only the clock and the records of the database decide which instants
 * are due, so every process gets the same result, also after a restart.
 */
export class JobWatch {
  private readonly outage: OutageLog;
  private readonly waits: LeaseWaits;
  private readonly began = performance.now();
  /** The end of the period whose instants have been checked. */
  private seen: Date | undefined;
  /** The first instant after that. */
  private next: Date | undefined;
  /** Instants that are due and not handled yet. */
  private pending: Date[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private job: Job,
    private readonly parts: JobWatchParts,
  ) {
    this.waits = new LeaseWaits(parts.leases);
    this.outage = new OutageLog(new Logger('Scheduler'), {
      subject: `Serving the job ${job.name}`,
      fields: { job: job.name },
      dependent: true,
    });
    this.arm(0);
  }

  /** Applies the new options of the job. Returns false, and changes nothing, when its schedule is another one. */
  tryUpdate(job: Job): boolean {
    const { expression, timezone } = this.job.schedule;
    if (job.schedule.expression !== expression || job.schedule.timezone !== timezone) return false;
    this.job = job;
    return true;
  }

  /** Begins no further run. Current runs continue. */
  stop(): void {
    this.stopping.abort();
    clearTimeout(this.timer);
  }

  private arm(pause: number): void {
    this.timer = setTimeout(() => void this.look(), pause);
  }

  private async look(): Promise<void> {
    const { inFlight } = this.parts;
    const pause = await inFlight.track(this.job.name, () => this.serveOrRetry());
    if (!this.stopping.signal.aborted) this.arm(pause);
  }

  private async serveOrRetry(): Promise<number> {
    try {
      const pause = await this.serve(this.job);
      this.outage.recovered();
      return pause;
    } catch (error) {
      if (!this.stopping.signal.aborted) this.outage.failed(error);
      return this.outage.pause(RETRY);
    }
  }

  /** Runs due instants, and returns the pause until the next check in milliseconds. */
  private async serve(job: Job): Promise<number> {
    const { store, config } = this.parts;
    const asked = performance.now();
    const now = await this.now(job);
    const read = performance.now();
    const outage = this.outage.isOngoing || read - asked > LATE_IN_OUTAGE_MS;
    await this.collect(job, now);
    for (const instant of await store.unfinished(job.name, now)) await this.attempt(job, instant, []);
    const { due, missed } = divide(this.pending, now, {
      misfire: job.misfire,
      tolerance: outage ? LATE_IN_OUTAGE_MS : LATE_MS,
      catchUpWindow: config.current.catchUpWindow,
    });
    for (const instants of togetherOf(job, missed)) await this.miss(job, instants);
    for (const instant of due) await this.attempt(job, instant, [instant]);
    this.pending = [];
    this.next = job.schedule.next(now);
    const lease = await this.waits.soonest();
    const instant = this.next.getTime() - now.getTime() - (performance.now() - read);
    const pause = Math.min(instant, lease, MAX_PAUSE_MS);
    return Math.max(Math.ceil(pause), 1);
  }

  private now({ name }: Job): Promise<Date> {
    const deadline = deadlineIn(ANSWER_MS);
    const { signal } = this.stopping;
    const context = new RequestContext({ entry: 'cron', operation: name, deadline, signal });
    return context.run(() => this.parts.clock.now());
  }

  /** Adds the instants since the last check, and those whose holder crashed. */
  private async collect({ name, schedule }: Job, now: Date): Promise<void> {
    const start = new Date(now.getTime() - (performance.now() - this.began));
    const since = this.seen ?? start;
    const unserved =
      this.seen || !this.parts.starting ? [] : await this.unservedBefore(name, schedule, since);
    const abandoned = await this.waits.ended();
    const come = this.next && now < this.next ? [] : schedule.between(since, now, MAX_INSTANTS);
    const all = [...this.pending, ...abandoned, ...unserved, ...come];
    this.pending = all.toSorted((one, other) => one.getTime() - other.getTime()).slice(-MAX_INSTANTS);
    this.seen = now;
  }

  /** The last instant before the start, if it has no record. A job that never ran has missed nothing. */
  private async unservedBefore(name: string, schedule: Job['schedule'], moment: Date): Promise<Date[]> {
    const last = schedule.latest(moment);
    const served = await this.parts.store.latest(name);
    return last && served && last > served ? [last] : [];
  }

  private async attempt(job: Job, instant: Date, unrecorded: readonly Date[]): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const attempt = await this.parts.runner.attempt(job, instant);
    if (attempt === 'over') return;
    // Also for a run of this process, which may lose its lease.
    this.waits.add(leaseName(job, instant), attempt === 'busy' ? unrecorded : []);
    if (attempt !== 'busy') void this.untilEnded(job, attempt.ended);
  }

  private async miss(job: Job, instants: readonly [Date, ...Date[]]): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const outcome = await this.parts.runner.miss(job, instants);
    if (outcome === 'busy') this.waits.add(leaseName(job, instants[0]), instants);
  }

  private async untilEnded(job: Job, ended: Promise<void>): Promise<void> {
    // A run whose end could not be recorded counts as crashed.
    await this.parts.inFlight
      .track(job.name, () => ended)
      .catch((error: unknown) => this.outage.failed(error));
  }
}

/** The instants that one lease guards. */
function togetherOf({ overlap }: Job, instants: readonly Date[]): [Date, ...Date[]][] {
  const [first, ...others] = instants;
  if (!first) return [];
  return overlap === 'skip' ? [[first, ...others]] : instants.map((instant) => [instant]);
}
