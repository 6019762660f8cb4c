/** The longest rest after a turn, in milliseconds. On a busy machine a turn can take long; the rest must not. */
const LONGEST_REST_MS = 5;

/** @publicApi */
export interface FairTurnsOptions {
  /**
   * When more streams than this wait, a rest follows each turn and takes as long as the turn. So the event loop, and
   * the servers that the streams read from, have half of the time for other work.
   *
   * @default Infinity
   */
  crowd?: number;
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
  private readonly crowd: number;
  private isScheduled = false;

  /** @param perTurn how many streams continue in one turn */
  constructor(
    private readonly perTurn: number,
    { crowd = Infinity }: FairTurnsOptions = {},
  ) {
    this.crowd = crowd;
  }

  /** Resolves in a later turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => this.ask(resolve));
  }

  /** Calls `go` in one of the next turns, in the order of the requests. */
  ask(go: () => void): void {
    this.waiting.push(go);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    const started = performance.now();
    for (const go of this.waiting.splice(0, this.perTurn)) go();
    if (this.waiting.length > this.crowd) setImmediate(() => this.rest(performance.now() - started));
    else this.resume();
  }

  /** @param milliseconds the duration of the turn, including the work that it caused */
  private rest(milliseconds: number): void {
    setTimeout(() => this.resume(), Math.min(milliseconds, LONGEST_REST_MS));
  }

  private resume(): void {
    this.isScheduled = false;
    this.schedule();
  }
}
