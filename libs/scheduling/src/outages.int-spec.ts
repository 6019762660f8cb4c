import { ServiceUrl } from '@app/config';
import { collectFeatures, Migrator, PostgresModule } from '@app/postgres';
import { locksConfig } from '@app/locks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Logger } from '@nestjs/common';
import { eventually } from '../../../test/support/eventually.js';
import { ScratchPostgres } from '../../../test/support/scratch-postgres.js';
import { ScratchPostgresServer } from '../../../test/support/scratch-postgres-server.js';
import { type JobRun, ScheduledJob, schedulingConfig, SchedulingModule } from './index.js';

const LATER = '0 0 1 1 *';
const runs: JobRun[] = [];
let gate = Promise.resolve();

@Injectable()
class Daily {
  @ScheduledJob({ name: 'test.run-once', cron: LATER, misfire: 'run-once', deadline: '1m' })
  async runOnce(run: JobRun): Promise<void> {
    runs.push(run);
    await gate;
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
  /** An app whose daily jobs come in two seconds or three. */
  const start = async (): Promise<Date> => {
    const instant = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 2_000);
    const cron = `${instant.getUTCSeconds()} ${instant.getUTCMinutes()} ${instant.getUTCHours()} * * *`;
    const scheduling = schedulingConfig.schema.parse({
      leaseTtl: '10s',
      jobs: { 'test.run-once': { cron }, 'test.skip': { cron } },
    });
    await scratch.start({
      imports: [PostgresModule.forRoot(), SchedulingModule.forRoot()],
      providers: [Daily],
      postgres: { url: new ServiceUrl(server.url) },
      config: [
        [locksConfig, { schema: scratch.schema }],
        [schedulingConfig, scheduling],
      ],
    });
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

  it.each(['stopped', 'paused'])(
    'over an instant: it is served late by run-once and recorded as missed by skip (%s)',
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

  it('over the end of a run: it is recorded when the database is back, and not repeated', async () => {
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
});
