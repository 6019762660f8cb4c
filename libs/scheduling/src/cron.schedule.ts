import { CronTime } from 'cron';

const SECOND_MS = 1_000;
/** `cron` itself looks no further than eight years. */
const LONGEST_WINDOW_S = 8 * 366 * 86_400;

/** The instants that a cron expression names. */
export class CronSchedule {
  private readonly time: CronTime;

  /**
   * @throws CronError when the expression or the time zone cannot be read
   * @throws RangeError when the expression names no date that exists, such as 31 February
   */
  constructor(
    readonly expression: string,
    readonly timezone: string,
  ) {
    this.time = new CronTime(expression, timezone);
    this.refuseIfEmpty();
  }

  /** The first instant after the second in which `moment` lies. */
  next(moment: Date): Date {
    return this.time.getNextDateFrom(moment, this.timezone).toJSDate();
  }

  /**
   * The last instant that is not after `moment`; undefined when the last eight years have none. A cron expression
   * can only be asked forwards, so this looks from further and further back, then halves what lies between. Some
   * sixty questions at most, however many instants there are.
   */
  latest(moment: Date): Date | undefined {
    const end = Math.floor(moment.getTime() / SECOND_MS);
    for (let window = 1; window < LONGEST_WINDOW_S; window *= 2) {
      const first = this.nextSecond(end - window);
      if (first <= end) return new Date(this.lastWithin(first, end) * SECOND_MS);
    }
    return undefined;
  }

  private lastWithin(instant: number, end: number): number {
    let latest = instant;
    for (let low = instant, high = end; low < high;) {
      const middle = Math.ceil((low + high) / 2);
      const next = this.nextSecond(middle - 1);
      if (next > high) {
        high = middle - 1;
        continue;
      }
      latest = Math.max(latest, next);
      // Where clocks go back an answer may lie before the question; the search goes on all the same.
      low = Math.max(middle, next);
    }
    return latest;
  }

  private nextSecond(second: number): number {
    return this.next(new Date(second * SECOND_MS)).getTime() / SECOND_MS;
  }

  private refuseIfEmpty(): void {
    try {
      this.next(new Date());
    } catch (cause) {
      throw new RangeError('it never fires: no such date comes in the next eight years', { cause });
    }
  }
}
