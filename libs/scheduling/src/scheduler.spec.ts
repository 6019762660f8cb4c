import { ConfigHandle } from '@app/config';
import { remainingMs, RequestContext } from '@app/context';
import type { Lifecycle } from '@app/lifecycle';
import type { Leases } from '@app/locks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Job } from './job.js';
import type { JobExplorer } from './job.explorer.js';
import { JobPlanner } from './job.planner.js';
import type { JobRunStore } from './job-run.store.js';
import type { JobRunner } from './job.runner.js';
import type { ScheduledJobOptions } from './scheduled-job.decorator.js';
import { Scheduler } from './scheduler.js';
import type { SchedulingClock } from './scheduling.clock.js';
import { schedulingConfig } from './scheduling.config.js';
import type { SchedulingMetrics } from './scheduling.metrics.js';

const MINUTE_MS = 60_000;

/**
 * A fake database for schedulers: one clock, a record for each instant, and whether it answers. It replaces PostgreSQL,
 * because the time of a test passes faster than the server's.
 */
class Database {
  readonly records = new Map<string, string>();
  available = true;
  /** Whether it accepts records while it answers. */
  writable = true;
  /** How much the clocks of the machines are ahead of this one, in milliseconds. */
  skew = 0;

  readonly clock: SchedulingClock = { now: async () => this.now() };
  readonly store = {
    unfinished: async () => [],
    latest: async () => this.latest(),
  } as unknown as JobRunStore;
  readonly runner = {
    attempt: async (_job: Job, instant: Date) => this.record(instant, 'ran'),
    miss: async (_job: Job, instants: readonly Date[]) => {
      for (const instant of instants) this.record(instant, 'missed');
      return 'over';
    },
  } as unknown as JobRunner;
  readonly leases = { expiresIn: async () => undefined } as unknown as Leases;

  private now(): Date {
    if (!this.available) throw new Error('connect ECONNREFUSED');
    return new Date(Date.now() - this.skew);
  }

  private latest(): Date | undefined {
    const last = [...this.records.keys()].sort().at(-1);
    return last === undefined ? undefined : new Date(last);
  }

  private record(instant: Date, what: string): 'over' {
    const now = this.now();
    if (!this.writable) throw new Error('cannot execute INSERT in a read-only transaction');
    if (now < instant) throw new Error(`${instant.toISOString()} was served at ${now.toISOString()}`);
    const key = instant.toISOString();
    if (!this.records.has(key)) this.records.set(key, what);
    return 'over';
  }
}

/** A scheduler as a participant of the shutdown. */
interface Participant {
  stopIntake: () => void;
  drain: () => Promise<void>;
}

/** A process with one job. */
function startProcess(database: Database, options: Partial<ScheduledJobOptions>): Participant {
  const method = {
    options: { name: 'test.job', cron: '* * * * *', deadline: '1s', ...options },
    handler: async () => undefined,
  };
  const participants: Participant[] = [];
  const scheduler = new Scheduler(
    { find: () => [method] } as unknown as JobExplorer,
    new JobPlanner(),
    database.runner,
    database.store,
    database.clock,
    database.leases,
    { register: (participant: Participant) => participants.push(participant) } as unknown as Lifecycle,
    { serve: () => undefined } as unknown as SchedulingMetrics,
    new ConfigHandle(schedulingConfig.schema.parse({})),
  );
  scheduler.onModuleInit();
  scheduler.onApplicationBootstrap();
  const [participant] = participants;
  if (!participant) throw new Error('the scheduler takes no part in the shutdown');
  return participant;
}

describe('the instants of a job', () => {
  let database: Database;

  const at = (text: string) => jest.useFakeTimers({ now: new Date(text) });
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const records = () => [...database.records].map(([instant, what]) => `${instant.slice(0, 16)} ${what}`);

  beforeEach(() => {
    Logger.overrideLogger(false);
    database = new Database();
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(['error']);
  });

  it('in some months run by the clock of the database, although the machine was suspended', async () => {
    at('2026-03-01T00:00:00Z');
    const { stopIntake } = startProcess(database, { cron: '0 0 1 12 *', misfire: 'run-once' });
    await pass(5 * MINUTE_MS);
    jest.setSystemTime(new Date('2026-11-30T23:58:50Z'));
    await pass(MINUTE_MS);
    expect(records()).toEqual([]);
    await pass(11_000);
    expect(records()).toEqual(['2026-12-01T00:00 ran']);
    jest.setSystemTime(new Date('2027-12-03T00:00:00Z'));
    await pass(MINUTE_MS);
    expect(records()).toEqual(['2026-12-01T00:00 ran', '2027-12-01T00:00 ran']);
    stopIntake();
  });

  it('run once when clocks go back, even if the process restarts every seven minutes', async () => {
    at('2026-10-24T23:50:00Z');
    const daily = { cron: '30 2 * * *', timezone: 'Europe/Berlin', misfire: 'run-once' } as const;
    for (let minute = 0; minute < 180; minute += 7) {
      const { stopIntake } = startProcess(database, daily);
      await pass(7 * MINUTE_MS);
      stopIntake();
    }
    expect(records()).toEqual(['2026-10-25T00:30 ran']);
  });

  it('run in both of the repeated hours when the job fires every half hour', async () => {
    at('2026-10-24T23:59:00Z');
    const { stopIntake } = startProcess(database, { cron: '*/30 * * * *', timezone: 'Europe/Berlin' });
    await pass(122 * MINUTE_MS);
    expect(records().map((line) => line.slice(11))).toEqual(
      ['00:00', '00:30', '01:00', '01:30', '02:00'].map((time) => `${time} ran`),
    );
    stopIntake();
  });

  it.each([5_000, -5_000])(
    'follow the clock of the database when that of a machine is %d ms ahead',
    async (skew) => {
      database.skew = skew;
      at(new Date(Date.UTC(2026, 2, 1) + skew + 500).toISOString());
      const processes = [1, 2].map(() => startProcess(database, { cron: '*/10 * * * * *' }));
      await pass(MINUTE_MS);
      expect([...database.records].map(([instant, what]) => `${instant.slice(14, 19)} ${what}`)).toEqual(
        ['00:10', '00:20', '00:30', '00:40', '00:50', '01:00'].map((time) => `${time} ran`),
      );
      for (const { stopIntake } of processes) stopIntake();
    },
  );

  it.each([
    ['run-once', ['00:01 ran', '00:02 missed', '00:03 missed', '00:04 ran', '00:05 ran']],
    ['skip', ['00:01 ran', '00:02 missed', '00:03 missed', '00:04 missed', '00:05 ran']],
  ] as const)('in an outage are served by "%s" when the database is back', async (misfire, expected) => {
    at('2026-03-01T00:00:30Z');
    const { stopIntake } = startProcess(database, { misfire });
    await pass(MINUTE_MS);
    database.available = false;
    await pass(3 * MINUTE_MS - 20_000);
    database.available = true;
    await pass(5_000);
    expect(records()).toHaveLength(4);
    await pass(MINUTE_MS);
    expect(
      records()
        .map((line) => line.slice(11))
        .sort(),
    ).toEqual(expected);
    stopIntake();
  });

  it.each(['run-once', 'skip'] as const)('are run by "%s" after a short outage', async (misfire) => {
    at('2026-03-01T00:00:59Z');
    const { stopIntake } = startProcess(database, { misfire });
    await pass(100);
    database.available = false;
    await pass(950);
    database.available = true;
    await pass(1_000);
    expect(records()).toEqual(['2026-03-01T00:01 ran']);
    stopIntake();
  });

  it.each([
    ['run-once', ['00:01 ran']],
    ['skip', ['00:01 missed']],
  ] as const)(
    'are kept by "%s" when the database returns the time but accepts no record',
    async (misfire, expected) => {
      at('2026-03-01T00:00:59Z');
      const { stopIntake } = startProcess(database, { misfire });
      await pass(100);
      database.writable = false;
      await pass(20_000);
      database.writable = true;
      await pass(5_000);
      expect(records().map((line) => line.slice(11))).toEqual(expected);
      stopIntake();
    },
  );

  it.each([
    ['run-once', '2026-03-04T02:30 ran'],
    ['skip', '2026-03-04T02:30 missed'],
  ] as const)('without a running process: "%s" handles the last of them', async (misfire, last) => {
    at('2026-03-04T08:00:00Z');
    database.records.set('2026-03-01T02:30:00.000Z', 'ran');
    const { stopIntake } = startProcess(database, { cron: '30 2 * * *', misfire });
    await pass(1_000);
    expect(records()).toEqual(['2026-03-01T02:30 ran', last]);
    stopIntake();
  });

  it('do not delay a shutdown while the database does not answer', async () => {
    at('2026-03-01T00:00:30Z');
    jest.spyOn(database.clock, 'now').mockImplementation(() => {
      const { promise, reject } = Promise.withResolvers<Date>();
      RequestContext.current()?.signal?.addEventListener('abort', () => reject(new Error('cancelled')));
      return promise;
    });
    const { stopIntake, drain } = startProcess(database, {});
    await pass(1_000);
    stopIntake();
    await expect(drain()).resolves.toBeUndefined();
  });

  it('are run although one query to the database gets no answer', async () => {
    at('2026-03-01T00:00:59Z');
    const { stopIntake } = startProcess(database, { misfire: 'run-once' });
    await pass(100);
    jest.spyOn(database.clock, 'now').mockImplementationOnce(() => {
      const { promise, reject } = Promise.withResolvers<Date>();
      setTimeout(() => reject(new Error('too late')), remainingMs(RequestContext.current()?.deadline));
      return promise;
    });
    await pass(9_000);
    expect(records()).toEqual(['2026-03-01T00:01 ran']);
    stopIntake();
  });
});
