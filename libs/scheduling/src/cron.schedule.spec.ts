import { describe, expect, it } from '@jest/globals';
import { CronSchedule } from './cron.schedule.js';

const at = (text: string) => new Date(text);

/** The instants in a period, computed forwards and checked to be the same backwards. */
function instants(schedule: CronSchedule, from: string, to: string): string[] {
  const found: Date[] = [];
  for (let next = schedule.next(at(from)); next <= at(to); next = schedule.next(next)) found.push(next);
  expect(schedule.between(at(from), at(to), 1_000)).toEqual(found);
  return found.map((instant) => instant.toISOString().replace(':00.000Z', 'Z'));
}

describe('a schedule', () => {
  it.each([
    ['* * * * *', '2026-03-01T10:20:30.500Z', '2026-03-01T10:20:00Z'],
    ['* * * * *', '2026-03-01T10:20:00.000Z', '2026-03-01T10:20:00Z'],
    ['* * * * * *', '2026-03-01T10:20:30.999Z', '2026-03-01T10:20:30Z'],
    ['0 9 * * 1', '2026-03-01T10:20:30.000Z', '2026-02-23T09:00:00Z'],
    ['0 0 29 2 *', '2026-03-01T10:20:30.000Z', '2024-02-29T00:00:00Z'],
    ['* * * 1 1 *', '2026-07-01T00:00:00Z', '2026-01-01T23:59:59Z'],
    ['* * 1 1 *', '2026-12-31T23:59:59Z', '2026-01-01T23:59:00Z'],
    ['* * * 29 2 *', '2028-02-28T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['0-58 1-22 * * *', '2026-03-01T23:59:59Z', '2026-03-01T22:58:00Z'],
  ])('of "%s" had its last instant before %s at %s', (cron, moment, instant) => {
    expect(new CronSchedule(cron, 'UTC').latest(at(moment))).toEqual(at(instant));
  });

  it('uses the clock of its time zone', () => {
    const daily = new CronSchedule('30 9 * * *', 'Asia/Shanghai');
    expect(daily.next(at('2026-03-01T10:00:00Z'))).toEqual(at('2026-03-02T01:30:00Z'));
    expect(daily.latest(at('2026-03-01T10:00:00Z'))).toEqual(at('2026-03-01T01:30:00Z'));
  });

  it('returns the last of many instants between two moments', () => {
    const schedule = new CronSchedule('*/15 * * * *', 'UTC');
    const all = schedule.between(at('2026-03-01T10:00:00Z'), at('2026-03-01T11:00:00Z'), 2);
    expect(all).toEqual([at('2026-03-01T10:45:00Z'), at('2026-03-01T11:00:00Z')]);
  });

  it.each([
    ['every minute', 'UTC', /Unknown alias/],
    ['* * * *', 'UTC', /Too few fields/],
    ['* * * * * * *', 'UTC', /Too many fields/],
    ['61 * * * *', 'UTC', /out of range/],
    ['* 24 * * *', 'UTC', /out of range/],
    ['* * 0 * *', 'UTC', /out of range/],
    ['5-1 * * * *', 'UTC', /invalid range/],
    ['*/0 * * * *', 'UTC', /step of zero/],
    ['? * * * *', 'UTC', /cannot be parsed/],
    ['* * * * *', 'Mars/Olympus', /Invalid timezone/],
  ])('cannot be created from "%s" in %s', (cron, timezone, reason) => {
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
  ])('cannot be created if it never fires: "%s"', (cron) => {
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
    ['@yearly', '2027-01-01T00:00:00Z'],
    ['0 0 * * 7', '2026-03-08T00:00:00Z'],
    ['30/20 1 2 MAR *', '2026-03-02T01:30:00Z'],
  ])('may fire rarely: "%s" next at %s', (cron, instant) => {
    expect(new CronSchedule(cron, 'UTC').next(at('2026-03-01T00:00:00Z'))).toEqual(at(instant));
  });
});

describe('when clocks go back', () => {
  it.each([
    // In Berlin, 25 October 2026 has 02:00–02:59 from 00:00Z and again from 01:00Z.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T00:30Z 2026-10-25T00:30Z 2026-10-26T01:30Z'],
    ['0 30 2 * * *', 'Europe/Berlin', '2026-10-24T00:30Z 2026-10-25T00:30Z 2026-10-26T01:30Z'],
    [
      '0 2,3 * * *',
      'Europe/Berlin',
      '2026-10-24T00:00Z 2026-10-24T01:00Z 2026-10-25T00:00Z 2026-10-25T02:00Z',
    ],
    ['0,30 2 25 10 *', 'Europe/Berlin', '2026-10-25T00:00Z 2026-10-25T00:30Z'],
    ['30 2 25 10 *', 'Europe/Berlin', '2026-10-25T00:30Z'],
    ['30 2 * * sun', 'Europe/Berlin', '2026-10-25T00:30Z'],
    ['30 1 1 11 *', 'America/New_York', '2026-11-01T05:30Z'],
    ['0 1 1 11 *', 'America/New_York', '2026-11-01T05:00Z'],
    ['0 2 1 11 *', 'America/New_York', '2026-11-01T07:00Z'],
    // The clock goes back half an hour, from 02:00 to 01:30.
    ['45 1 5 4 *', 'Australia/Lord_Howe', '2026-04-04T14:45Z'],
    // From 01:00 to midnight.
    ['@daily', 'America/Havana', '2026-10-31T04:00Z 2026-11-01T04:00Z 2026-11-02T05:00Z'],
    // From midnight to 23:00 of the day before.
    ['0 0 30 10 *', 'Africa/Cairo', '2026-10-29T22:00Z'],
    ['30 23 29 10 *', 'Africa/Cairo', '2026-10-29T20:30Z'],
  ])('"%s" in %s fires once for each day', (cron, timezone, expected) => {
    const schedule = new CronSchedule(cron, timezone);
    const [first, last] = rangeOf(expected);
    expect(instants(schedule, first, last)).toEqual(expected.split(' '));
  });

  it.each([
    ['0 * * * *', '00:00Z 01:00Z 02:00Z'],
    ['30 * * * *', '00:30Z 01:30Z'],
    ['0 0-23 * * *', '00:00Z 01:00Z 02:00Z'],
    ['*/20 * * * *', '00:00Z 00:20Z 00:40Z 01:00Z 01:20Z 01:40Z 02:00Z'],
    ['*/20 2 * * *', '00:00Z 00:20Z 00:40Z 01:00Z 01:20Z 01:40Z'],
    ['*/20 2 25 10 *', '00:00Z 00:20Z 00:40Z 01:00Z 01:20Z 01:40Z'],
    ['0 */2 * * *', '00:00Z 01:00Z'],
    ['@hourly', '00:00Z 01:00Z 02:00Z'],
  ])('"%s" fires in both hours', (cron, expected) => {
    const schedule = new CronSchedule(cron, 'Europe/Berlin');
    expect(instants(schedule, '2026-10-24T23:59:00Z', '2026-10-25T02:00:00Z')).toEqual(
      expected.split(' ').map((time) => `2026-10-25T${time}`),
    );
  });

  it('a daily job has one instant, at every moment of the repeated hour', () => {
    const daily = new CronSchedule('30 2 * * *', 'Europe/Berlin');
    for (let minute = 30; minute < 240; minute += 1) {
      const moment = new Date(at('2026-10-25T00:00:00Z').getTime() + minute * 60_000);
      expect(daily.latest(moment)).toEqual(at('2026-10-25T00:30:00Z'));
      expect(daily.next(moment)).toEqual(at('2026-10-26T01:30:00Z'));
    }
  });
});

describe('when clocks go forward', () => {
  it.each([
    // In Berlin, 29 March 2026 has no 02:00–02:59: at 01:00Z it is 03:00.
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T01:30Z 2026-03-29T01:00Z 2026-03-30T00:30Z'],
    ['30 2 29 3 *', 'Europe/Berlin', '2026-03-29T01:00Z'],
    ['0,15,30 2 29 3 *', 'Europe/Berlin', '2026-03-29T01:00Z'],
    ['*/5 2 29 3 *', 'Europe/Berlin', '2026-03-29T01:00Z'],
    ['30 2,3 29 3 *', 'Europe/Berlin', '2026-03-29T01:00Z 2026-03-29T01:30Z'],
    ['0 2,3 29 3 *', 'Europe/Berlin', '2026-03-29T01:00Z'],
    ['0 */2 29 3 *', 'Europe/Berlin', '2026-03-28T23:00Z 2026-03-29T01:00Z 2026-03-29T02:00Z'],
    // From midnight to 01:00.
    ['@daily', 'Africa/Cairo', '2026-04-22T22:00Z 2026-04-23T22:00Z 2026-04-24T21:00Z'],
    // A whole day was skipped.
    ['0 12 30 12 *', 'Pacific/Apia', '2011-12-30T10:00Z'],
  ])('"%s" in %s fires at the moment of the change', (cron, timezone, expected) => {
    const schedule = new CronSchedule(cron, timezone);
    const [first, last] = rangeOf(expected);
    expect(instants(schedule, first, last)).toEqual(expected.split(' '));
  });

  it.each([
    ['0 * * * *', '00:00Z 01:00Z 02:00Z'],
    ['30 * * * *', '00:30Z 01:30Z'],
    ['*/30 * * * *', '00:00Z 00:30Z 01:00Z 01:30Z 02:00Z'],
  ])('"%s" continues with the next time that exists', (cron, expected) => {
    const schedule = new CronSchedule(cron, 'Europe/Berlin');
    expect(instants(schedule, '2026-03-28T23:59:00Z', '2026-03-29T02:00:00Z')).toEqual(
      expected.split(' ').map((time) => `2026-03-29T${time}`),
    );
  });
});

/** From a minute before the first of the instants to the last one. */
function rangeOf(expected: string): [string, string] {
  const all = expected.split(' ');
  const [first = '', last = first] = [all.at(0), all.at(-1)];
  return [new Date(at(first).getTime() - 60_000).toISOString(), last];
}
