import { describe, expect, it, jest } from '@jest/globals';
import { CronSchedule } from './cron.schedule.js';

const at = (text: string) => new Date(text);

describe('a schedule', () => {
  it.each([
    ['* * * * *', '2026-03-01T10:20:30.500Z', '2026-03-01T10:20:00Z'],
    ['* * * * *', '2026-03-01T10:20:00.000Z', '2026-03-01T10:20:00Z'],
    ['* * * * * *', '2026-03-01T10:20:30.999Z', '2026-03-01T10:20:30Z'],
    ['0 9 * * 1', '2026-03-01T10:20:30.000Z', '2026-02-23T09:00:00Z'],
    ['0 0 29 2 *', '2026-03-01T10:20:30.000Z', '2024-02-29T00:00:00Z'],
  ])('of "%s" had its last instant before %s at %s', (cron, moment, instant) => {
    expect(new CronSchedule(cron, 'UTC').latest(at(moment))).toEqual(at(instant));
  });

  it('follows the clock of its time zone', () => {
    const daily = new CronSchedule('30 9 * * *', 'Asia/Shanghai');
    expect(daily.next(at('2026-03-01T10:00:00Z'))).toEqual(at('2026-03-02T01:30:00Z'));
    expect(daily.latest(at('2026-03-01T10:00:00Z'))).toEqual(at('2026-03-01T01:30:00Z'));
  });

  it.each([
    ['every minute', 'UTC', /Unknown alias/],
    ['* * * *', 'UTC', /Too few fields/],
    ['61 * * * *', 'UTC', /out of range/],
    ['* * * * *', 'Mars/Olympus', /Invalid timezone/],
  ])('cannot be made of "%s" in %s', (cron, timezone, reason) => {
    expect(() => new CronSchedule(cron, timezone)).toThrow(reason);
  });

  it.each([
    '0 0 31 2 *',
    '0 0 30 2 *',
    '0 0 30,31 2 *',
    '0 0 31 4,6,9,11 *',
    '0 0 31 feb,apr *',
    '* * * 31 2 *',
    '0 0 0 30-31 2 *',
    '*/5 * * 31 6 *',
    '0 0 31 2 0-6',
  ])('that never fires cannot be made: "%s"', (cron) => {
    for (const timezone of ['UTC', 'Asia/Shanghai', 'America/New_York'])
      expect(() => new CronSchedule(cron, timezone)).toThrow(/never fires/);
  });

  it.each([
    ['0 0 29 2 *', '2028-02-29T00:00:00Z'],
    ['0 0 0 29 2 *', '2028-02-29T00:00:00Z'],
    // A day of the month or a weekday: either is enough.
    ['0 0 31 2 1', '2027-02-01T00:00:00Z'],
    ['0 0 30 2 mon', '2027-02-01T00:00:00Z'],
    ['0 0 31 1-2 *', '2027-01-31T00:00:00Z'],
    ['0 0 */31 2 *', '2027-02-01T00:00:00Z'],
  ])('that fires seldom can: "%s" next at %s', (cron, instant) => {
    expect(new CronSchedule(cron, 'UTC').next(at('2026-03-01T00:00:00Z'))).toEqual(at(instant));
  });

  it.each([
    ['* * * 1 1 *', '2026-07-01T00:00:00Z', '2026-01-01T23:59:59Z'],
    ['* * 1 1 *', '2026-12-31T23:59:59Z', '2026-01-01T23:59:00Z'],
    ['* * * 29 2 *', '2028-02-28T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['0 0 29 2 *', '2028-02-28T23:59:59Z', '2024-02-29T00:00:00Z'],
  ])('is asked few times for the last instant of many: "%s" before %s', (cron, moment, instant) => {
    const schedule = new CronSchedule(cron, 'UTC');
    const asked = jest.spyOn(schedule, 'next');
    expect(schedule.latest(at(moment))).toEqual(at(instant));
    expect(asked.mock.calls.length).toBeLessThan(70);
  });

  it.each([
    ['America/New_York', '2026-11-01T06:00:00Z'],
    ['America/New_York', '2026-03-08T07:00:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ])('finds its last instant in %s while the clocks change at %s', (timezone, change) => {
    const schedule = new CronSchedule('*/30 * * * *', timezone);
    for (let minutes = -90; minutes <= 90; minutes += 20) {
      const moment = new Date(at(change).getTime() + minutes * 60_000);
      const latest = schedule.latest(moment);
      expect(moment.getTime() - (latest?.getTime() ?? 0)).toBeLessThanOrEqual(2 * 3_600_000);
      expect(latest?.getTime()).toBeLessThanOrEqual(moment.getTime());
    }
  });
});
