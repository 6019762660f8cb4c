import { describe, expect, it } from '@jest/globals';
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
});
