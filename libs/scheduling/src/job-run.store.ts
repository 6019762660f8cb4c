import { hostname } from 'node:os';
import { type Fence, Fencing } from '@app/locks';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { Job } from './job.js';
import type { Outcome } from './job-run.js';

/** Attempts of a run whose process crashed each time; the run itself may be the cause of the crash. */
const MAX_ATTEMPTS = 3;

/** A run whose record has been written. */
export interface BegunRun {
  id: string;
  attempt: number;
}

/** The records, one for each job and instant, so that an instant runs once. */
@Injectable()
export class JobRunStore {
  private readonly here = `${hostname()}/${process.pid}`;

  constructor(
    private readonly host: TransactionHost,
    private readonly fencing: Fencing,
  ) {}

  /**
   * Records that the instant is being run under `fence`; undefined when it has already been run. The fence must be
   * that of the job's lease, so a record without an end belongs to a crashed attempt. That attempt is recorded as
   * crashed, and repeated if the job's misfire policy allows it.
   *
   * @throws FenceLostError when another process has acquired the lease meanwhile
   */
  async begin(job: Job, scheduledAt: Date, fence: Fence): Promise<BegunRun | undefined> {
    return this.host.run(async () => {
      await this.fencing.assertHeld(fence);
      const first = await this.beginFirst(job.name, scheduledAt, fence.number);
      if (first) return first;
      const crashed = await this.markCrashed(job.name, scheduledAt);
      const again = crashed !== undefined && job.misfire === 'run-once' && crashed.attempt < MAX_ATTEMPTS;
      return again ? this.beginAgain(crashed.id, fence.number) : undefined;
    });
  }

  /**
   * Records the instants as missed, and returns those that had no record. The fence is that of their lease.
   *
   * @throws FenceLostError when another process has acquired the lease meanwhile
   */
  async miss(job: string, instants: readonly Date[], fence: Fence): Promise<Date[]> {
    return this.host.run(async () => {
      await this.fencing.assertHeld(fence);
      const rows = await this.host.query<{ scheduled_at: Date }>(
        `INSERT INTO job_run (job, scheduled_at, started_at, finished_at, outcome, attempt, host, fence)
         SELECT $1, instant, clock_timestamp(), clock_timestamp(), 'missed', 0, $3, $4
         FROM unnest($2::timestamptz[]) AS instant
         ON CONFLICT (job, scheduled_at) DO NOTHING RETURNING scheduled_at`,
        [job, instants, this.here, fence.number],
      );
      return rows.map(({ scheduled_at }) => scheduled_at);
    });
  }

  /** Records the outcome of the attempt; false when another attempt has replaced it. */
  async finish(run: BegunRun, fence: Fence, outcome: Outcome, error: string | undefined): Promise<boolean> {
    const rows = await this.host.query(
      `UPDATE job_run SET finished_at = clock_timestamp(), outcome = $3, error = $4
       WHERE id = $1 AND fence = $2 AND finished_at IS NULL RETURNING id`,
      [run.id, fence.number, outcome, error ?? null],
    );
    return rows.length > 0;
  }

  /** The instants before `moment` whose records have no end: they are running, or have crashed. */
  async unfinished(job: string, moment: Date): Promise<Date[]> {
    const rows = await this.host.query<{ scheduled_at: Date }>(
      `SELECT scheduled_at FROM job_run WHERE job = $1 AND scheduled_at < $2 AND finished_at IS NULL ORDER BY scheduled_at`,
      [job, moment],
    );
    return rows.map(({ scheduled_at }) => scheduled_at);
  }

  /** The last instant that has a record. */
  async latest(job: string): Promise<Date | undefined> {
    const sql = 'SELECT scheduled_at FROM job_run WHERE job = $1 ORDER BY scheduled_at DESC LIMIT 1';
    const [row] = await this.host.query<{ scheduled_at: Date }>(sql, [job]);
    return row?.scheduled_at;
  }

  /** The end of the last successful run by job, if it is among the last 1,000 records of the job. */
  async lastSuccesses(jobs: readonly string[]): Promise<Map<string, Date>> {
    const rows = await this.host.query<{ job: string; finished_at: Date }>(
      `SELECT names.job, success.finished_at
       FROM unnest($1::text[]) AS names (job), LATERAL (
         SELECT max(finished_at) AS finished_at FROM (
           SELECT finished_at, outcome FROM job_run WHERE job_run.job = names.job ORDER BY scheduled_at DESC LIMIT 1000
         ) AS latest WHERE outcome = 'succeeded'
       ) AS success
       WHERE success.finished_at IS NOT NULL`,
      [jobs],
    );
    return new Map(rows.map(({ job, finished_at }) => [job, finished_at]));
  }

  private async beginFirst(job: string, scheduledAt: Date, fence: number): Promise<BegunRun | undefined> {
    const [row] = await this.host.query<BegunRun>(
      `INSERT INTO job_run (job, scheduled_at, started_at, attempt, host, fence)
       VALUES ($1, $2, clock_timestamp(), 1, $3, $4)
       ON CONFLICT (job, scheduled_at) DO NOTHING RETURNING id, attempt`,
      [job, scheduledAt, this.here, fence],
    );
    return row;
  }

  private async markCrashed(job: string, scheduledAt: Date): Promise<BegunRun | undefined> {
    const [row] = await this.host.query<BegunRun>(
      `UPDATE job_run SET finished_at = clock_timestamp(), outcome = 'crashed'
       WHERE job = $1 AND scheduled_at = $2 AND finished_at IS NULL RETURNING id, attempt`,
      [job, scheduledAt],
    );
    return row;
  }

  private async beginAgain(id: string, fence: number): Promise<BegunRun | undefined> {
    const [row] = await this.host.query<BegunRun>(
      `UPDATE job_run SET started_at = clock_timestamp(), finished_at = NULL, outcome = NULL, error = NULL,
         attempt = attempt + 1, host = $2, fence = $3
       WHERE id = $1 RETURNING id, attempt`,
      [id, this.here, fence],
    );
    return row;
  }
}
