/** A change of a time zone's offset, such as the beginning or end of daylight saving time. In seconds. */
export interface OffsetChange {
  /** The first second of the new offset, since 1970 UTC. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** The offsets of a time zone of the IANA database, in seconds. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;

  /** @throws RangeError when there is no such time zone */
  constructor(readonly name: string) {
    try {
      this.format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch (cause) {
      throw new RangeError(`Invalid timezone ${name}`, { cause });
    }
  }

  /** The offset from UTC, in seconds, at a second since the Unix epoch. */
  offsetAt(second: number): number {
    const parts = this.format.formatToParts(second * 1_000);
    const read = (type: Intl.DateTimeFormatPartTypes) =>
      Number(parts.find((part) => part.type === type)?.value);
    const wall = Date.UTC(
      read('year'),
      read('month') - 1,
      read('day'),
      read('hour'),
      read('minute'),
      read('second'),
    );
    return wall / 1_000 - second;
  }

  /** The change after `from` and not after `to`, which are a few days apart; no zone changes twice in that time. */
  changeWithin(from: number, to: number): OffsetChange | undefined {
    const [before, after] = [this.offsetAt(from), this.offsetAt(to)];
    if (before === after) return undefined;
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    return { at: high, before, after };
  }
}
