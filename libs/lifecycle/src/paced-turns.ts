/** Longest pause after one piece of work, in milliseconds. A process that was stopped must not pause for as long. */
const MAX_PAUSE_MS = 1_000;

/**
 * Runs heavy synchronous work, one piece at a time, and pauses after each piece for as long as it took. Together the
 * pieces take at most about half of the event loop. A request of somebody else needs a dozen turns of the loop: with a
 * piece in each of them it would wait for a dozen pieces.
 *
 * @publicApi
 */
export class PacedTurns {
  private readonly waiting: (() => void)[] = [];
  private isBusy = false;

  /** Calls `work` in a later turn of the event loop, in the order of asking. */
  ask(work: () => void): void {
    this.waiting.push(work);
    this.schedule();
  }

  /** Resolves when it is the turn of the caller: what it does before its next wait for input or output is its piece. */
  next(): Promise<void> {
    return new Promise((resolve) => this.ask(resolve));
  }

  private schedule(): void {
    if (this.isBusy || this.waiting.length === 0) return;
    this.isBusy = true;
    setImmediate(() => this.run());
  }

  private run(): void {
    const startedAt = performance.now();
    // What `work` resolves goes on in microtasks, which end before the next immediate: they count too.
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
