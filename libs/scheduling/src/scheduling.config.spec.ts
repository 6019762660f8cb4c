import { describe, expect, it } from '@jest/globals';
import { schedulingConfig } from './scheduling.config.js';

const withCron = (cron: string) => schedulingConfig.schema.safeParse({ jobs: { 'orders.expire': { cron } } });

describe('the schedule of a job in the configuration', () => {
  it.each(['*/5 * * * *', '0 0 * * * *', '0 0 29 2 *', '0 0 31 2 1'])('may be "%s"', (cron) => {
    expect(withCron(cron).success).toBe(true);
  });

  it.each([
    ['', /Too few fields/],
    ['whenever', /Unknown alias/],
    ['61 * * * *', /out of range/],
    ['0 0 31 2 *', /never fires/],
    ['0 0 0 31 4,6,9,11 *', /never fires/],
  ])('is rejected by the schema, before anything changes, when it is "%s"', (cron, reason) => {
    const [issue] = withCron(cron).error?.issues ?? [];
    expect(issue?.path).toEqual(['jobs', 'orders.expire', 'cron']);
    expect(issue?.message).toMatch(reason);
  });
});
