/**
 * Shares the event loop among many streams: in each of its turns only some of them go on, in the order in which they
 * asked. libuv reads up to 2 MiB from one socket before it looks at the next, and accepts one connection a turn; a
 * request needs several turns. So a turn has to be short, however many streams there are.
 *
 * @publicApi
 */
export class FairTurns {
  private readonly waiting: (() => void)[] = [];
  private isScheduled = false;

  /** @param perTurn how many go on in one turn */
  constructor(private readonly perTurn: number) {}

  /** Resolves in a later turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => this.ask(resolve));
  }

  /** Calls `go` in one of the next turns, in the order of asking. */
  ask(go: () => void): void {
    this.waiting.push(go);
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
