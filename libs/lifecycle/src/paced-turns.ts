/** The longest pause after a piece of work, in milliseconds. A suspended process measures a very long piece. */
const MAX_PAUSE_MS = 1_000;

/**
 * Runs heavy synchronous work, one piece at a time, and pauses after each piece for as long as it took. Together the
 * pieces take at most about half of the event loop's time. Another request needs about twelve turns of the loop: with a
 * piece in each turn it would wait for twelve pieces.
 *
 * @publicApi
 */
export class PacedTurns {
  private readonly waiting: (() => void)[] = [];
  private isBusy = false;

  /** Calls `work` in a later turn of the event loop, in the order of the requests. */
  enqueue(work: () => void): void {
    this.waiting.push(work);
    this.schedule();
  }

  /** Resolves when it is the caller's turn. The caller's synchronous work and microtasks after that are its piece. */
  next(): Promise<void> {
    return new Promise((resolve) => this.enqueue(resolve));
  }

  private schedule(): void {
    if (this.isBusy || this.waiting.length === 0) return;
    this.isBusy = true;
    setImmediate(() => this.run());
  }

  private run(): void {
    const startedAt = performance.now();
    // Promises that `work` resolves continue in microtasks. They end before the next immediate, so they count too.
    setImmediate(() => this.pause(performance.now() - startedAt));
    this.waiting.shift()?.();
  }

  private pause(milliseconds: number): void {
    setTimeout(
      () => {
        this.isBusy = false;
        this.schedule();
      },
      Math.min(milliseconds, MAX_PAUSE_MS),
    ).unref();
  }
}
