import { CronTime } from 'cron';

const FIRST_WINDOW = 1_000;
/** `cron` itself looks no further than eight years. */
const LONGEST_WINDOW = 8 * 366 * 86_400_000;

/** The instants that a cron expression names. */
export class CronSchedule {
  private readonly time: CronTime;

  /** @throws CronError when the expression or the time zone cannot be read */
  constructor(
    readonly expression: string,
    readonly timezone: string,
  ) {
    this.time = new CronTime(expression, timezone);
  }

  /** The first instant after the second in which `moment` lies. */
  next(moment: Date): Date {
    return this.time.getNextDateFrom(moment, this.timezone).toJSDate();
  }

  /**
   * The last instant that is not after `moment`. A cron expression can only be asked forwards, so this looks
   * from further and further back.
   */
  latest(moment: Date): Date | undefined {
    for (let window = FIRST_WINDOW; window < LONGEST_WINDOW; window *= 2) {
      let latest = this.next(new Date(moment.getTime() - window));
      if (latest > moment) continue;
      for (let next = this.next(latest); next <= moment; next = this.next(latest)) latest = next;
      return latest;
    }
    return undefined;
  }
}
