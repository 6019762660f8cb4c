import { ConfigHandle } from '@app/config';
import type { Lifecycle } from '@app/lifecycle';
import { SchedulerRegistry } from '@nestjs/schedule';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { JobExplorer } from './job.explorer.js';
import { JobPlanner } from './job.planner.js';
import type { JobRunStore } from './job-run.store.js';
import type { JobRunner } from './job.runner.js';
import { Scheduler } from './scheduler.js';
import { schedulingConfig } from './scheduling.config.js';

const DAY_MS = 86_400_000;

/** A scheduler of one job whose runs are noted; the wall clock is the test's. */
function givenScheduler(cron: string) {
  const runs: string[] = [];
  const options = { name: 'test.job', cron, deadline: '1s' };
  const registry = new SchedulerRegistry();
  const scheduler = new Scheduler(
    { find: () => [{ options, handler: async () => undefined }] } as unknown as JobExplorer,
    new JobPlanner(),
    {
      attempt: async (_job: unknown, instant: Date) => void runs.push(instant.toISOString()),
    } as unknown as JobRunner,
    { unfinished: async () => [], latest: async () => undefined } as unknown as JobRunStore,
    registry,
    { register: () => undefined } as unknown as Lifecycle,
    new ConfigHandle(schedulingConfig.schema.parse({})),
  );
  scheduler.onModuleInit();
  scheduler.onApplicationBootstrap();
  return { runs, stop: () => registry.deleteCronJob('test.job') };
}

describe('a job that is due in months', () => {
  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers({ now: new Date('2026-03-01T00:00:00Z') });
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(['error']);
  });

  it.each([
    ['0 0 1 5 *', 61, '2026-05-01T00:00:00.000Z'],
    ['0 0 1 12 *', 275, '2026-12-01T00:00:00.000Z'],
    ['0 0 28 3 *', 27, '2026-03-28T00:00:00.000Z'],
  ])('by "%s" runs once, in %d days and not before', async (cron, days, instant) => {
    const { runs, stop } = givenScheduler(cron);
    await jest.advanceTimersByTimeAsync(days * DAY_MS - 1_000);
    expect(runs).toEqual([]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(runs).toEqual([instant]);
    stop();
  });
});
