/**
 * Shares the event loop with many streams: in each of its turns only some of them go on, in the order in which they
 * asked. libuv accepts one connection a turn, and a request needs several turns, so a turn has to be short however many
 * streams there are.
 */
export class FairTurns {
  private readonly waiting: (() => void)[] = [];
  private scheduled = false;

  /** @param perTurn how many go on in one turn */
  constructor(private readonly perTurn: number) {}

  /** Resolves in a later turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => this.admit());
  }

  private admit(): void {
    this.scheduled = false;
    for (const resolve of this.waiting.splice(0, this.perTurn)) resolve();
    this.schedule();
  }
}
