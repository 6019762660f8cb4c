import { Metrics } from '@app/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { CronSchedule } from './cron.schedule.js';
import type { Job } from './job.js';
import type { JobRunStore } from './job-run.store.js';
import { SchedulingMetrics } from './scheduling.metrics.js';

const HOUR_S = 3_600;
const LAST = new Date('2026-03-01T06:00:05Z');

const job = (name: string, cron: string) => ({ name, schedule: new CronSchedule(cron, 'UTC') }) as Job;

describe('the metrics of jobs', () => {
  let metrics: Metrics;
  let jobs: SchedulingMetrics;

  const page = async () => new MetricsPage((await metrics.expose()).body);
  const valueOf = async (name: string, cronJob: string) =>
    (await page()).samples.find((sample) => sample.name === name && sample.labels['cron_job'] === cronJob)
      ?.value;

  beforeEach(() => {
    metrics = new Metrics();
    // Runs of other processes count too, because the records are shared by the fleet.
    const store = { lastSuccesses: async () => new Map([['report', LAST]]) } as unknown as JobRunStore;
    jobs = new SchedulingMetrics(metrics, store);
    jobs.serve([job('report', '0 6 * * 1-5'), job('purge', '* * * * *')]);
  });
  afterEach(() => metrics.onModuleDestroy());

  it('show each outcome of each job with 0 before its first run', async () => {
    const { samples } = await page();
    const runs = samples.filter(({ name }) => name === 'cron_runs_total');
    expect(runs).toHaveLength(10);
    expect(new Set(runs.map(({ value }) => value))).toEqual(new Set([0]));
  });

  it('show when a job last succeeded in any process, or when this process began to serve it', async () => {
    const began = Date.now() / 1000;
    await eventually(async () =>
      expect(await valueOf('cron_last_success_timestamp_seconds', 'report')).toBe(LAST.getTime() / 1000),
    );
    const since = await valueOf('cron_last_success_timestamp_seconds', 'purge');
    expect(Math.abs((since ?? 0) - began)).toBeLessThan(10);
  });

  it('show the longest time between two instants of a job', async () => {
    await eventually(async () => {
      expect(await valueOf('cron_interval_seconds', 'report')).toBe(72 * HOUR_S);
      expect(await valueOf('cron_interval_seconds', 'purge')).toBe(60);
    });
  });

  it('forget a job that is no longer served', async () => {
    jobs.serve([job('purge', '* * * * *')]);
    await eventually(async () => expect(await valueOf('cron_interval_seconds', 'purge')).toBe(60));
    expect(await valueOf('cron_interval_seconds', 'report')).toBeUndefined();
  });
});
