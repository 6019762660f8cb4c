import { type CronFields, parseCron } from './cron.fields.js';
import { type OffsetChange, TimeZone } from './time-zone.js';
import { WallClockSchedule } from './wall-clock.schedule.js';

const SECOND_MS = 1_000;
/** A change of the clocks is never more than a day, so it does not affect instants at a larger distance. */
const DAY_S = 86_400;

/**
 * The instants that a cron expression names in a time zone, as absolute times.
 *
 * When clocks go back, a time of day that the expression names fires once, at its first occurrence; an expression that
 * repeats (`*` or `/` in the minutes or hours) fires in both hours. When clocks go forward, a skipped time fires at the
 * moment of the change; an expression of every hour continues with the next time that exists.
 *
 * @see https://man7.org/linux/man-pages/man8/cron.8.html the same distinction in Vixie cron
 */
export class CronSchedule {
  private readonly fields: CronFields;
  private readonly walls: WallClockSchedule;
  private readonly zone: TimeZone;

  /**
   * @throws RangeError when the expression or the time zone is invalid, or the expression never fires, such as on
   * 31 February
   */
  constructor(
    readonly expression: string,
    readonly timezone: string,
  ) {
    this.zone = new TimeZone(timezone);
    this.fields = parseCron(expression);
    this.walls = new WallClockSchedule(this.fields);
    this.next(new Date());
  }

  /**
   * The first instant after the second in which `moment` lies.
   *
   * @throws RangeError when there is none in the eight years after `moment`
   */
  next(moment: Date): Date {
    return dateOf(this.nextAfter(secondOf(moment)));
  }

  /** The last instant that is not after `moment`; undefined when there is none in the last eight years. */
  latest(moment: Date): Date | undefined {
    const second = this.lastUntil(secondOf(moment));
    return second === undefined ? undefined : dateOf(second);
  }

  /** The instants after `from` and not after `to`, in order; only the last `most` of them. */
  between(from: Date, to: Date, most: number): Date[] {
    const instants: Date[] = [];
    let instant = this.latest(to);
    while (instant && instant > from && instants.length < most) {
      instants.unshift(instant);
      instant = this.latest(new Date(instant.getTime() - SECOND_MS));
    }
    return instants;
  }

  private nextAfter(second: number): number {
    const change = this.zone.changeWithin(second - DAY_S, second + 2 * DAY_S);
    if (change) return this.nextNear(change, second);
    const offset = this.zone.offsetAt(second);
    const instant = this.nextWall(second + offset) - offset;
    if (instant <= second + 2 * DAY_S) return instant;
    // No instant lies between, even if the clocks change there.
    return this.nextAfter(Math.max(second + DAY_S, instant - 2 * DAY_S));
  }

  private nextNear(change: OffsetChange, second: number): number {
    const { at, before, after } = change;
    if (second < at) {
      const instant = this.nextWall(second + before) - before;
      if (instant < at) return instant;
      if (this.skipsInto(change)) return at;
    }
    const from = Math.max(second, at - 1) + after;
    const instant = this.nextWall(Math.max(from, this.servedUntil(change))) - after;
    if (instant <= at + 2 * DAY_S) return instant;
    return this.nextAfter(Math.max(at + DAY_S, instant - 2 * DAY_S));
  }

  private nextWall(time: number): number {
    const wall = this.walls.next(time);
    if (wall === undefined)
      throw new RangeError('it never fires: no such date comes in the next eight years');
    return wall;
  }

  private lastUntil(second: number): number | undefined {
    const change = this.zone.changeWithin(second - 3 * DAY_S, second);
    if (change) return this.lastNear(change, second);
    const offset = this.zone.offsetAt(second);
    const wall = this.walls.latest(second + offset);
    if (wall === undefined) return undefined;
    const instant = wall - offset;
    if (instant >= second - 2 * DAY_S) return instant;
    return this.lastUntil(Math.min(second - DAY_S, instant + 2 * DAY_S));
  }

  private lastNear(change: OffsetChange, second: number): number | undefined {
    const { at, before, after } = change;
    const wall = this.walls.latest(second + after);
    if (wall !== undefined && wall - after >= at && wall > this.servedUntil(change)) return wall - after;
    if (this.skipsInto(change)) return at;
    const earlier = this.walls.latest(at - 1 + before);
    if (earlier === undefined) return undefined;
    const instant = earlier - before;
    return instant >= at - 2 * DAY_S ? instant : this.lastUntil(Math.min(at - 1, instant + 2 * DAY_S));
  }

  /** Whether a time that the clocks skip fires at the moment of the change. */
  private skipsInto({ at, before, after }: OffsetChange): boolean {
    if (after <= before || this.fields.hours.length === 24) return false;
    const wall = this.walls.next(at + before - 1);
    return wall !== undefined && wall < at + after;
  }

  /** The end of the times on the new clock that have already fired on the old one. */
  private servedUntil({ at, before, after }: OffsetChange): number {
    return after < before && !this.fields.repeats ? at + before - 1 : -Infinity;
  }
}

function secondOf(moment: Date): number {
  return Math.floor(moment.getTime() / SECOND_MS);
}

function dateOf(second: number): Date {
  return new Date(second * SECOND_MS);
}
