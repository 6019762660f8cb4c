/** Counts work that was accepted and is not done yet, so that a stop can wait for it. */
export class InFlight {
  private readonly entries = new Map<symbol, { name: string; since: number }>();
  private readonly waiters: (() => void)[] = [];

  get size(): number {
    return this.entries.size;
  }

  /** Notes the start of a piece of work; call what it returns when the work is done. */
  enter(name: string): () => void {
    const key = Symbol(name);
    this.entries.set(key, { name, since: performance.now() });
    return () => {
      if (this.entries.delete(key) && this.entries.size === 0) this.release();
    };
  }

  /** Runs `work` as a piece of accepted work. */
  async track<T>(name: string, work: () => Promise<T>): Promise<T> {
    const leave = this.enter(name);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Resolves once nothing is in flight. */
  idle(): Promise<void> {
    if (this.entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** What is in flight and for how long, for the log. */
  describe(): string[] {
    const now = performance.now();
    return [...this.entries.values()].map(({ name, since }) => `${name} (for ${Math.round(now - since)} ms)`);
  }

  private release(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}
