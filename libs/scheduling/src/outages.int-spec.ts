import { once } from 'node:events';
import { type ConfigHandle, ServiceUrl } from '@app/config';
import { collectFeatures, Migrator, PostgresModule } from '@app/postgres';
import { locksConfig } from '@app/locks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Logger } from '@nestjs/common';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { FULL } from '../../../test/support/assertions/form.js';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import { ScratchPostgresServer } from '../../../test/support/servers/scratch-postgres-server.js';
import {
  type JobRun,
  ScheduledJob,
  type SchedulingConfig,
  schedulingConfig,
  SchedulingModule,
} from './index.js';

const LATER = '0 0 1 1 *';
const runs: JobRun[] = [];
let gate = Promise.resolve();

@Injectable()
class Daily {
  @ScheduledJob({ name: 'test.run-once', cron: LATER, misfire: 'run-once', deadline: '1m' })
  async runOnce(run: JobRun): Promise<void> {
    runs.push(run);
    await Promise.race([gate, once(run.signal, 'abort')]);
    run.signal.throwIfAborted();
  }

  @ScheduledJob({ name: 'test.skip', cron: LATER, misfire: 'skip', deadline: '1m' })
  async skip(run: JobRun): Promise<void> {
    runs.push(run);
  }
}

describe('an outage of PostgreSQL', () => {
  let server: ScratchPostgresServer;
  let scratch: ScratchPostgres;

  const records = () =>
    server.execute<{ job: string; scheduled_at: Date; outcome: string; attempt: number }>(
      `SELECT job, scheduled_at, outcome, attempt FROM ${scratch.schema}.job_run ORDER BY job, scheduled_at`,
    );
  const has = (moment: Date) => eventually(() => expect(Date.now()).toBeGreaterThan(moment.getTime()));
  const startReplica = async (leaseTtl: string): Promise<ConfigHandle<SchedulingConfig>> => {
    const app = await scratch.start({
      imports: [PostgresModule.forRoot(), SchedulingModule.forRoot()],
      providers: [Daily],
      postgres: { url: new ServiceUrl(server.url) },
      config: [
        [locksConfig, { schema: scratch.schema }],
        [schedulingConfig, schedulingConfig.schema.parse({ leaseTtl })],
      ],
    });
    return app.get<ConfigHandle<SchedulingConfig>>(schedulingConfig.token, { strict: false });
  };
  /** Starts two replicas, whose daily jobs are due in two or three seconds. */
  const start = async (leaseTtl = '10s'): Promise<Date> => {
    const handles = await Promise.all([startReplica(leaseTtl), startReplica(leaseTtl)]);
    const instant = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 2_000);
    const cron = `${instant.getUTCSeconds()} ${instant.getUTCMinutes()} ${instant.getUTCHours()} * * *`;
    for (const handle of handles)
      handle.replace({ ...handle.current, jobs: { 'test.run-once': { cron }, 'test.skip': { cron } } });
    return instant;
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    server = await ScratchPostgresServer.start();
  });
  afterAll(async () => {
    Logger.overrideLogger(['error']);
    await server.remove();
  });
  beforeEach(async () => {
    runs.length = 0;
    gate = Promise.resolve();
    scratch = await ScratchPostgres.create();
    await server.execute(`CREATE SCHEMA ${scratch.schema}`);
    const config = { ...scratch.config, url: new ServiceUrl(server.url) };
    await new Migrator(config, await collectFeatures(SchedulingModule.forRoot())).migrate();
  });
  afterEach(() => scratch.drop());

  it.each(FULL ? ['stopped', 'paused'] : ['stopped'])(
    'during an instant: run-once runs it late and skip records it as missed (%s)',
    async (how) => {
      const instant = await start();
      if (how === 'paused') server.pause();
      else await server.stop();
      await has(new Date(instant.getTime() + 1_500));
      expect(runs).toEqual([]);
      if (how === 'paused') server.resume();
      else await server.restart();
      await eventually(
        async () =>
          expect(await records()).toEqual([
            { job: 'test.run-once', scheduled_at: instant, outcome: 'succeeded', attempt: 1 },
            { job: 'test.skip', scheduled_at: instant, outcome: 'missed', attempt: 0 },
          ]),
        { within: 15_000 },
      );
      expect(runs.map(({ name }) => name)).toEqual(['test.run-once']);
    },
  );

  it('at the end of a run: the end is recorded when the database is back, and the run is not repeated', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const instant = await start();
    await eventually(() =>
      expect(runs.map(({ name }) => name).sort()).toEqual(['test.run-once', 'test.skip']),
    );
    await server.stop();
    resolve();
    await has(new Date(Date.now() + 600));
    await server.restart();
    await eventually(
      async () =>
        expect(await records()).toEqual([
          { job: 'test.run-once', scheduled_at: instant, outcome: 'succeeded', attempt: 1 },
          { job: 'test.skip', scheduled_at: instant, outcome: 'succeeded', attempt: 1 },
        ]),
      { within: 15_000 },
    );
    expect(runs).toHaveLength(2);
  });

  it('longer than the lease of a run: run-once retries it when the database is back', async () => {
    gate = new Promise(() => undefined);
    const instant = await start('2s');
    await eventually(() => expect(runs).toHaveLength(2));
    const first = runs.find(({ name }) => name === 'test.run-once');
    gate = Promise.resolve();
    await server.stop();
    await eventually(() => expect(first?.signal.aborted).toBe(true));
    await server.restart();
    await eventually(
      async () =>
        expect(await records()).toContainEqual({
          job: 'test.run-once',
          scheduled_at: instant,
          outcome: 'succeeded',
          attempt: 2,
        }),
      { within: 15_000 },
    );
  });
});
