import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { deadlineIn, RequestContext } from '@app/context';
import { rootMessage } from '@app/errors';
import { type Lease, Leases } from '@app/locks';
import { Spans } from '@app/telemetry';
import { Injectable, Logger } from '@nestjs/common';
import { idempotencyKey, type Job, leaseName } from './job.js';
import type { JobRun, Outcome } from './job-run.js';
import { type BegunRun, JobRunStore } from './job-run.store.js';
import { type SchedulingConfig, schedulingConfig } from './scheduling.config.js';
import { SchedulingMetrics } from './scheduling.metrics.js';

/** Pause between two attempts to record the end of a run, in milliseconds. */
const RECORD_AGAIN_MS = 500;

/** `busy`: another process holds the lease; `over`: the instant has been run. */
export type Attempt = 'busy' | 'over' | RunUnderWay;

export interface RunUnderWay {
  /** Resolves when the run has ended and is recorded. */
  readonly ended: Promise<void>;
}

/** The result of a handler. */
interface Ending {
  outcome: Outcome;
  error?: unknown;
}

/** Makes one attempt to run an instant, if this process can acquire the lease. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('Scheduler');

  constructor(
    private readonly leases: Leases,
    private readonly store: JobRunStore,
    private readonly metrics: SchedulingMetrics,
    private readonly spans: Spans,
    @InjectConfig(schedulingConfig) private readonly config: ConfigHandle<SchedulingConfig>,
  ) {}

  /** Resolves once the run has begun, or when there is nothing to run. */
  async attempt(job: Job, scheduledAt: Date): Promise<Attempt> {
    const lease = await this.acquire(job, scheduledAt);
    if (!lease) return 'busy';
    const begun = await this.orRelease(lease, () => this.store.begin(job, scheduledAt, fenceOf(lease)));
    if (begun) return { ended: this.run(job, scheduledAt, begun, lease) };
    await lease.release();
    return 'over';
  }

  /** Records missed instants; one lease guards them all. */
  async miss(job: Job, instants: readonly [Date, ...Date[]]): Promise<'busy' | 'over'> {
    const lease = await this.acquire(job, instants[0]);
    if (!lease) return 'busy';
    const missed = await this.orRelease(lease, () => this.store.miss(job.name, instants, fenceOf(lease)));
    await lease.release();
    if (missed.length === 0) return 'over';
    this.metrics.missed(job.name, missed.length);
    const fields = { job: job.name, missed: missed.length, last: missed.at(-1)?.toISOString() };
    this.logger.warn(fields, `${job.name} missed ${missed.length} of its instants`);
    return 'over';
  }

  private acquire(job: Job, scheduledAt: Date): Promise<Lease | undefined> {
    return this.leases.acquire(leaseName(job, scheduledAt), { ttl: this.config.current.leaseTtl });
  }

  private async orRelease<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  private async run(job: Job, scheduledAt: Date, begun: BegunRun, lease: Lease): Promise<void> {
    const deadline = deadlineIn(job.deadline);
    const context = new RequestContext({
      entry: 'cron',
      operation: job.name,
      deadline,
      signal: lease.signal,
    });
    const run: JobRun = {
      name: job.name,
      scheduledAt,
      attempt: begun.attempt,
      fence: fenceOf(lease),
      signal: context.signal ?? lease.signal,
      idempotencyKey: idempotencyKey(job, scheduledAt),
    };
    const started = performance.now();
    const attributes = {
      'ganymede.scheduled_at': scheduledAt.toISOString(),
      'ganymede.attempt': run.attempt,
    };
    const span = this.spans.open(context, job.name, { attributes });
    try {
      await context.run(async () => {
        const ending = await this.settle(job, run, lease);
        span.end({ error: ending.error, attributes: { 'ganymede.outcome': ending.outcome } });
        this.report(run, ending, performance.now() - started);
        await this.record(job, begun, run, ending, lease);
      });
    } finally {
      await lease.release();
    }
  }

  private async settle(job: Job, run: JobRun, lease: Lease): Promise<Ending> {
    try {
      await job.handler(run);
      return { outcome: 'succeeded' };
    } catch (error) {
      return { outcome: lease.signal.aborted ? 'lost' : run.signal.aborted ? 'timed_out' : 'failed', error };
    }
  }

  private report(run: JobRun, { outcome, error }: Ending, milliseconds: number): void {
    this.metrics.ended(run.name, outcome, milliseconds);
    const fields = {
      scheduled_at: run.scheduledAt.toISOString(),
      attempt: run.attempt,
      fence: run.fence.number,
      outcome,
      duration_ms: Math.round(milliseconds),
    };
    if (outcome === 'succeeded') this.logger.log(fields, `${run.idempotencyKey} succeeded`);
    else
      this.logger.error(
        { ...fields, err: error },
        `${run.idempotencyKey} ${outcome.replace('_', ' ')}: ${rootMessage(error)}`,
      );
  }

  /** Retries until the record is written or the lease is lost, because a run without an end counts as crashed. */
  private async record(
    job: Job,
    begun: BegunRun,
    run: JobRun,
    { outcome, error }: Ending,
    { signal }: Lease,
  ): Promise<void> {
    // The next holder of the lease makes another attempt.
    if (outcome === 'lost' && job.misfire === 'run-once') return;
    const message = error === undefined ? undefined : error instanceof Error ? error.message : inspect(error);
    // Without the run's context, whose deadline may have passed before the record is written.
    const finish = () => RequestContext.detach(() => this.store.finish(begun, run.fence, outcome, message));
    for (;;) {
      try {
        if (!(await finish()))
          this.logger.warn(`${run.idempotencyKey} ended after another attempt had taken its place`);
        return;
      } catch (failure) {
        if (signal.aborted) throw failure;
        await delay(RECORD_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function fenceOf({ name, fence }: Lease): JobRun['fence'] {
  return { name, number: fence };
}
