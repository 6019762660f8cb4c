import { type ActiveItem, UnorderedPool } from './unordered-pool.js';

class Piece implements ActiveItem {
  position = 0;
  private readonly since = performance.now();

  constructor(private readonly name: string) {}

  get description(): string {
    return `${this.name} (for ${Math.round(performance.now() - this.since)} ms)`;
  }
}

/** Counts accepted work that is not done yet, so that a shutdown can wait for it. */
export class InFlight {
  private readonly pieces = new UnorderedPool<Piece>();
  private readonly waiters: (() => void)[] = [];

  get size(): number {
    return this.pieces.size;
  }

  /** Records the start of a piece of work. @returns a function to call when the work is done */
  enter(name: string): () => void {
    const piece = new Piece(name);
    this.pieces.add(piece);
    return () => {
      this.pieces.remove(piece);
      if (this.pieces.size === 0) this.release();
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
    if (this.pieces.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** Names and ages of the work in flight, for the log. */
  describe(): string[] {
    return Array.from(this.pieces, ({ description }) => description);
  }

  private release(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}
