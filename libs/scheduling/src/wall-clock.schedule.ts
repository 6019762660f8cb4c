import type { CronFields } from './cron.fields.js';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
/** Around 2100, eight years pass between two leap days. */
const FARTHEST_DAYS = 8 * 366;

/**
 * The wall-clock times of a cron expression, without a time zone: seconds since 1970 on a clock without daylight saving
 * time.
 */
export class WallClockSchedule {
  private readonly months: ReadonlySet<number>;
  private readonly days: ReadonlySet<number>;
  private readonly weekdays: ReadonlySet<number>;

  constructor(private readonly fields: CronFields) {
    this.months = new Set(fields.months);
    this.days = new Set(fields.days);
    this.weekdays = new Set(fields.weekdays);
  }

  /** The first time after `time`; undefined when there is none in the next eight years. */
  next(time: number): number | undefined {
    const from = time + 1;
    const today = Math.floor(from / DAY_S);
    for (let day = today; day <= today + FARTHEST_DAYS; day += 1) {
      if (!this.isDay(day)) continue;
      const second = this.firstOf(day === today ? from - day * DAY_S : 0);
      if (second !== undefined) return day * DAY_S + second;
    }
    return undefined;
  }

  /** The last time that is not after `time`; undefined when there is none in the last eight years. */
  latest(time: number): number | undefined {
    const today = Math.floor(time / DAY_S);
    for (let day = today; day >= today - FARTHEST_DAYS; day -= 1) {
      if (!this.isDay(day)) continue;
      const second = this.lastOf(day === today ? time - day * DAY_S : DAY_S - 1);
      if (second !== undefined) return day * DAY_S + second;
    }
    return undefined;
  }

  private isDay(day: number): boolean {
    const date = new Date(day * DAY_S * 1_000);
    if (!this.months.has(date.getUTCMonth() + 1)) return false;
    const isDay = this.days.has(date.getUTCDate());
    const isWeekday = this.weekdays.has(date.getUTCDay());
    // With both a day of the month and a weekday, either is enough.
    return this.days.size < 31 && this.weekdays.size < 7 ? isDay || isWeekday : isDay && isWeekday;
  }

  private firstOf(from: number): number | undefined {
    const { hours, minutes, seconds } = this.fields;
    for (const hour of hours) {
      const inHour = from - hour * HOUR_S;
      if (inHour >= HOUR_S) continue;
      for (const minute of minutes) {
        const inMinute = inHour - minute * MINUTE_S;
        const second = inMinute < MINUTE_S ? seconds.find((value) => value >= inMinute) : undefined;
        if (second !== undefined) return hour * HOUR_S + minute * MINUTE_S + second;
      }
    }
    return undefined;
  }

  private lastOf(until: number): number | undefined {
    const { hours, minutes, seconds } = this.fields;
    for (const hour of hours.toReversed()) {
      const inHour = until - hour * HOUR_S;
      if (inHour < 0) continue;
      for (const minute of minutes.toReversed()) {
        const inMinute = inHour - minute * MINUTE_S;
        const second = inMinute >= 0 ? seconds.findLast((value) => value <= inMinute) : undefined;
        if (second !== undefined) return hour * HOUR_S + minute * MINUTE_S + second;
      }
    }
    return undefined;
  }
}
