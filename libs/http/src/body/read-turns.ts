/**
 * Lets readers of large bodies take turns. libuv reads up to 2 MiB from one socket before it looks at the next: some
 * hundred large bodies at once would keep everybody else waiting until all of them are read.
 */
export class ReadTurns {
  private readonly waiting: (() => void)[] = [];
  private isScheduled = false;

  /** @param perTurn how many go on in one turn of the event loop */
  constructor(private readonly perTurn: number) {}

  /** Calls `go` in one of the next turns, in the order of asking. */
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
