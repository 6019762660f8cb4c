import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConfigHandle, ConfigInvalidError } from '@app/config';
import { RequestContext } from '@app/context';
import { Fencing, locksConfig } from '@app/locks';
import { collectFeatures, Migrator, PostgresModule, TransactionHost } from '@app/postgres';
import { Metrics } from '@app/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Injectable, Logger, type Type } from '@nestjs/common';
import { FULL } from '../../../test/support/assertions/form.js';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import {
  JobInvalidError,
  type JobRun,
  ScheduledJob,
  type SchedulingConfig,
  schedulingConfig,
  SchedulingModule,
} from './index.js';
import { Scheduler } from './scheduler.js';

const runs: JobRun[] = [];
const operations: unknown[] = [];

@Injectable()
class EverySecond {
  @ScheduledJob({ name: 'test.tick', cron: '* * * * * *', deadline: '5s' })
  async tick(run: JobRun): Promise<void> {
    runs.push(run);
  }
}

@Injectable()
class Yearly {
  constructor(
    private readonly host: TransactionHost,
    private readonly fencing: Fencing,
  ) {}

  @ScheduledJob({ name: 'test.yearly', cron: '0 0 1 1 *', misfire: 'run-once', deadline: '5s' })
  async run(run: JobRun): Promise<void> {
    await this.host.run(() => this.fencing.assertHeld(run.fence));
    operations.push(RequestContext.current()?.operation);
    runs.push(run);
  }
}

@Injectable()
class Parallel {
  @ScheduledJob({
    name: 'test.parallel',
    cron: '0 0 1 1 *',
    overlap: 'allow',
    misfire: 'run-once',
    deadline: '5s',
  })
  async run(run: JobRun): Promise<void> {
    runs.push(run);
  }
}

@Injectable()
class Endless {
  @ScheduledJob({ name: 'test.endless', cron: '* * * * * *', deadline: '200ms' })
  async run({ signal }: JobRun): Promise<void> {
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  }
}

@Injectable()
class Unreadable {
  @ScheduledJob({ name: 'test.unreadable', cron: 'whenever', deadline: '1s' })
  async run(): Promise<void> {}
}

interface Row {
  scheduled_at: Date;
  started_at: Date;
  finished_at: Date | null;
  outcome: string | null;
  attempt: number;
  fence: string;
  host: string;
  error: string | null;
}

describe('the scheduler', () => {
  let scratch: ScratchPostgres;

  const start = (job: Type, config: Partial<SchedulingConfig> = {}) =>
    scratch.start({
      imports: [PostgresModule.forRoot(), SchedulingModule.forRoot()],
      providers: [job],
      config: [
        [locksConfig, { schema: scratch.schema }],
        [schedulingConfig, { ...schedulingConfig.schema.parse({ leaseTtl: '5s' }), ...config }],
      ],
    });
  const records = (job: string) =>
    scratch.execute<Row>('SELECT * FROM job_run WHERE job = $1 ORDER BY scheduled_at', [job]);
  const eventually = async <T>(read: () => Promise<T>, enough: (value: T) => boolean): Promise<T> => {
    for (;;) {
      const value = await read();
      if (enough(value)) return value;
      await delay(20);
    }
  };
  /** The lease and the record of a process that crashed during a run. */
  const leaveBehind = async (job: string, scheduledAt: string, leaseEndsAt: string) => {
    await scratch.execute(`INSERT INTO lease VALUES ($1, 7, 'dead/1', ${leaseEndsAt})`, [`job:${job}`]);
    await scratch.execute(
      "INSERT INTO job_run (job, scheduled_at, started_at, attempt, host, fence) VALUES ($1, $2, $2, 1, 'dead/1', 7)",
      [job, scheduledAt],
    );
  };

  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['error']));
  beforeEach(async () => {
    runs.length = 0;
    operations.length = 0;
    scratch = await ScratchPostgres.create();
    await new Migrator(scratch.config, await collectFeatures(SchedulingModule.forRoot())).migrate();
  });
  afterEach(() => scratch.drop());

  it('runs each instant once in the fleet and keeps one record of it', async () => {
    const apps = await Promise.all([start(EverySecond), start(EverySecond)]);
    await eventually(
      async () => runs.length,
      (count) => count >= 4,
    );
    await Promise.all(apps.map((app) => app.close()));
    const rows = await records('test.tick');
    const instants = rows.map(({ scheduled_at }) => scheduled_at.toISOString());
    expect(instants).toEqual(instants.map(() => expect.stringMatching(/:\d\d\.000Z$/)));
    expect(runs.map(({ scheduledAt }) => scheduledAt.toISOString())).toEqual(instants);
    expect(rows.map(({ outcome, attempt }) => `${outcome} ${attempt}`)).toEqual(
      rows.map(() => 'succeeded 1'),
    );
    const fences = rows.map(({ fence }) => Number(fence));
    expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
  });

  it('retries a run of a crashed process with a higher fence', async () => {
    await leaveBehind('test.yearly', '2026-01-01T00:00:00Z', "clock_timestamp() - interval '1 second'");
    await start(Yearly);
    const [row] = await eventually(
      () => records('test.yearly'),
      ([first]) => first?.outcome === 'succeeded',
    );
    expect(row).toMatchObject({ attempt: 2, error: null });
    expect(Number(row?.fence)).toBeGreaterThan(7);
    expect(operations).toEqual(['test.yearly']);
    expect(runs).toMatchObject([{ attempt: 2, idempotencyKey: 'test.yearly@2026-01-01T00:00:00.000Z' }]);
  });

  it('does not retry a run of another process until its lease has expired', async () => {
    await leaveBehind('test.tick', '2026-01-01T00:00:00Z', "clock_timestamp() + interval '1.5 second'");
    const [lease] = await scratch.execute<{ expires_at: Date }>('SELECT expires_at FROM lease');
    await start(EverySecond);
    const [left, first] = await eventually(
      () => records('test.tick'),
      ([earlier, made]) => earlier?.outcome !== null && made?.outcome === 'succeeded',
    );
    expect(left).toMatchObject({ outcome: 'crashed', attempt: 1, host: 'dead/1' });
    expect(first?.started_at.getTime()).toBeGreaterThan(lease?.expires_at.getTime() ?? Infinity);
  });

  it('retries it when the lease expires, even if the next instant is a year away', async () => {
    await leaveBehind('test.yearly', '2026-01-01', "clock_timestamp() + interval '1.5 second'");
    const [lease] = await scratch.execute<{ expires_at: Date }>('SELECT expires_at FROM lease');
    await Promise.all([start(Yearly), start(Yearly)]);
    const [row] = await eventually(
      () => records('test.yearly'),
      ([first]) => first?.outcome === 'succeeded',
    );
    expect(row).toMatchObject({ attempt: 2 });
    const late = (row?.started_at.getTime() ?? 0) - (lease?.expires_at.getTime() ?? 0);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(1_000);
    expect(runs).toHaveLength(1);
  });

  it('retries it when the lease of its instant expires, if runs may overlap', async () => {
    await leaveBehind('test.parallel', '2026-01-01', "clock_timestamp() + interval '1 second'");
    await scratch.execute("UPDATE lease SET name = 'job:test.parallel@2026-01-01T00:00:00.000Z'");
    await start(Parallel);
    await eventually(
      () => records('test.parallel'),
      ([first]) => first?.outcome === 'succeeded',
    );
    expect(runs).toMatchObject([{ attempt: 2 }]);
  });

  it('runs an instant whose holder crashed before it wrote a record, when its lease expires', async () => {
    await leaveBehind('test.yearly', '2020-01-01', "clock_timestamp() + interval '1 second'");
    await scratch.execute("UPDATE job_run SET finished_at = now(), outcome = 'succeeded'");
    await start(Yearly);
    const rows = await eventually(
      () => records('test.yearly'),
      ([, made]) => made?.outcome === 'succeeded',
    );
    expect(rows.map(({ attempt }) => attempt)).toEqual([1, 1]);
  });

  it('runs the last missed instant once', async () => {
    await scratch.execute(
      "INSERT INTO job_run (job, scheduled_at, started_at, finished_at, outcome, attempt, host, fence) VALUES ('test.yearly', '2020-01-01Z', now(), now(), 'succeeded', 1, 'x', 1)",
    );
    await Promise.all([start(Yearly), start(Yearly)]);
    const rows = await eventually(
      () => records('test.yearly'),
      ([, made]) => made?.outcome === 'succeeded',
    );
    const thisYear = Date.UTC(new Date().getUTCFullYear(), 0, 1);
    expect(rows.map(({ scheduled_at }) => scheduled_at.getTime())).toEqual([Date.UTC(2020, 0, 1), thisYear]);
    expect(runs).toHaveLength(1);
  });

  it('aborts a run at its deadline and records it as timed out', async () => {
    const app = await start(Endless);
    const [row] = await eventually(
      () => records('test.endless'),
      ([first]) => first?.outcome === 'timed_out',
    );
    expect(row?.error).toMatch(/timeout/i);
    const { body } = await app.get(Metrics).expose();
    expect(body).toMatch(/cron_runs_total\{cron_job="test.endless",outcome="timed_out"\} [1-9]/);
  });

  it('does not start with an invalid schedule', async () => {
    await expect(start(Unreadable)).rejects.toBeInstanceOf(JobInvalidError);
    const jobs = { 'test.tick': { cron: 'whenever' } };
    await expect(start(EverySecond, { jobs })).rejects.toBeInstanceOf(ConfigInvalidError);
    await expect(start(EverySecond, { jobs: { 'test.tock': {} } })).rejects.toThrow(
      /scheduling\.jobs\.test\.tock .*test\.tick/,
    );
  });

  it('serves no disabled job, and none at all when scheduling is disabled', async () => {
    const served = (app: INestApplicationContext) => app.get(Scheduler, { strict: false }).served;
    expect(served(await start(EverySecond))).toEqual(['test.tick']);
    expect(served(await start(EverySecond, { jobs: { 'test.tick': { enabled: false } } }))).toEqual([]);
    expect(served(await start(EverySecond, { enabled: false }))).toEqual([]);
  });

  it.each(FULL ? ['whenever', '0 0 31 2 *'] : ['whenever'])(
    'applies a changed configuration, and keeps the old one when the new schedule is "%s"',
    async (unusable) => {
      const app = await start(EverySecond, { jobs: { 'test.tick': { cron: '0 0 1 1 *' } } });
      const handle = app.get<ConfigHandle<SchedulingConfig>>(schedulingConfig.token, { strict: false });
      const change = (cron: string) => handle.replace({ ...handle.current, jobs: { 'test.tick': { cron } } });
      const runsAfter = (count: number) =>
        eventually(
          () => Promise.resolve(runs.length),
          (now) => now > count,
        );
      change('* * * * * *');
      await runsAfter(0);
      expect(() => change(unusable)).toThrow(/test\.tick\.cron/);
      await expect(runsAfter(runs.length)).resolves.toBeGreaterThan(1);
    },
  );

  it('keeps its jobs when another part of the app rejects the change', async () => {
    const app = await start(EverySecond);
    const handle = app.get<ConfigHandle<SchedulingConfig>>(schedulingConfig.token, { strict: false });
    handle.changes.subscribe(({ enabled }) => {
      if (!enabled) throw new Error('not without me');
    });
    expect(() => handle.replace({ ...handle.current, enabled: false })).toThrow(/not without me/);
    const before = runs.length;
    await eventually(
      async () => runs.length,
      (count) => count > before + 1,
    );
  });

  it('waits for a current run when the app stops, and records its end', async () => {
    const app = await start(Endless);
    await eventually(
      () => records('test.endless'),
      (rows) => rows.length > 0,
    );
    await app.close();
    expect((await records('test.endless')).filter(({ finished_at }) => finished_at === null)).toEqual([]);
  });
});
