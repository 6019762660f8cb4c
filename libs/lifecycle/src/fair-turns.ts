/**
 * Shares the event loop among many streams: in each turn of the loop only some of them continue, in the order of their
 * requests. libuv reads up to 2 MiB from one socket before it reads from the next, and accepts one connection per
 * turn. A request needs several turns, so a turn must be short even with many streams.
 *
 * @publicApi
 */
export class FairTurns {
  private readonly waiting: (() => void)[] = [];
  private isScheduled = false;

  /** @param perTurn how many callers continue in one turn */
  constructor(private readonly perTurn: number) {}

  /** Resolves in a later turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => this.ask(resolve));
  }

  /** Calls `go` in one of the next turns, in the order of the requests. */
  ask(go: () => void): void {
    this.waiting.push(go);
    this.schedule();
  }

  /** Calls `go` in the next turn, before those that wait. */
  askFirst(go: () => void): void {
    this.waiting.unshift(go);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      for (const go of this.waiting.splice(0, this.perTurn)) go();
      this.schedule();
    });
  }
}
