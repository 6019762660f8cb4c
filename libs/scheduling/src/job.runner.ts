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

/** How a handler came back. */
interface Ending {
  outcome: Outcome;
  error?: unknown;
}

/** Makes one attempt at one instant, if the attempt is this process's to make. */
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

  /** Resolves once the run has ended and is recorded, or at once when another process serves the instant. */
  async attempt(job: Job, scheduledAt: Date): Promise<void> {
    const lease = await this.leases.acquire(leaseName(job, scheduledAt), {
      ttl: this.config.current.leaseTtl,
    });
    if (!lease) return;
    try {
      const begun = await this.store.begin(job, scheduledAt, fenceOf(lease));
      if (begun) await this.run(job, scheduledAt, begun, lease);
    } finally {
      await lease.release();
    }
  }

  private async run(job: Job, scheduledAt: Date, begun: BegunRun, lease: Lease): Promise<void> {
    const deadline = deadlineIn(job.deadline);
    const context = new RequestContext({ door: 'cron', operation: job.name, deadline, signal: lease.signal });
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
    await context.run(async () => {
      const ending = await this.settle(job, run, lease);
      span.end({ error: ending.error, attributes: { 'ganymede.outcome': ending.outcome } });
      await this.record(begun, run, ending, performance.now() - started);
    });
  }

  private async settle(job: Job, run: JobRun, lease: Lease): Promise<Ending> {
    try {
      await job.handler(run);
      return { outcome: 'succeeded' };
    } catch (error) {
      return { outcome: lease.signal.aborted ? 'lost' : run.signal.aborted ? 'timed_out' : 'failed', error };
    }
  }

  private async record(
    begun: BegunRun,
    run: JobRun,
    { outcome, error }: Ending,
    milliseconds: number,
  ): Promise<void> {
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
    const message = error === undefined ? undefined : error instanceof Error ? error.message : inspect(error);
    // The run's own time may be over, and its record is still to be written.
    const finish = () => this.store.finish(begun, run.fence, outcome, message);
    const recorded = await RequestContext.detach(finish);
    if (!recorded)
      this.logger.warn(fields, `${run.idempotencyKey} ended after another attempt had taken its place`);
  }
}

function fenceOf({ name, fence }: Lease): JobRun['fence'] {
  return { name, number: fence };
}
