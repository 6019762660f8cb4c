/** The longest pause after a turn, in milliseconds. On a busy machine a turn can take long; the pause must not. */
const MAX_PAUSE_MS = 5;

/** @publicApi */
export interface FairTurnsOptions {
  /**
   * When more streams than this wait, each turn is followed by a pause of the same duration. So the event loop, and the
   * servers that the streams read from, have half of the time for other work.
   *
   * @default Infinity
   */
  pauseAbove?: number;
}

/**
 * Shares the event loop among many streams: in each turn of the loop only some of them continue, in the order of their
 * requests. libuv reads up to 2 MiB from one socket before it reads from the next, and accepts one connection per
 * turn. A request needs several turns, so a turn must be short even with many streams.
 *
 * @publicApi
 */
export class FairTurns {
  private readonly waiting: (() => void)[] = [];
  private readonly pauseAbove: number;
  private isScheduled = false;

  /** @param perTurn how many streams continue in one turn */
  constructor(
    private readonly perTurn: number,
    { pauseAbove = Infinity }: FairTurnsOptions = {},
  ) {
    this.pauseAbove = pauseAbove;
  }

  /** Resolves in a later turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => this.enqueue(resolve));
  }

  /** Calls `work` in one of the next turns, in the order of the requests. */
  enqueue(work: () => void): void {
    this.waiting.push(work);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    const started = performance.now();
    for (const work of this.waiting.splice(0, this.perTurn)) work();
    if (this.waiting.length > this.pauseAbove) setImmediate(() => this.pause(performance.now() - started));
    else this.resume();
  }

  /** @param milliseconds the duration of the turn, including the work that it caused */
  private pause(milliseconds: number): void {
    setTimeout(() => this.resume(), Math.min(milliseconds, MAX_PAUSE_MS));
  }

  private resume(): void {
    this.isScheduled = false;
    this.schedule();
  }
}
