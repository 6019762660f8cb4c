import { FileInterruptedError } from './s3.errors.js';

/** How long those who fill a buffer are watched before the slowest may be stopped, in milliseconds. */
const WATCH_MS = 2_000;
/** What a client must send to keep a buffer for which others wait, in bytes a second. */
const MIN_RATE = 32 * 1024;

/** An upload that fills a buffer as its client sends. */
export interface PartFiller {
  /** Bytes in the buffer. */
  readonly filled: number;
  /** Ends the upload, which gives the buffer back. */
  stop(error: Error): void;
}

/**
 * Who fills a buffer at the moment. While somebody waits for a buffer, the slowest is stopped: a client that sends
 * quickly until it has a buffer, and then hardly anything, does not keep it from the others.
 */
export class PartFillers {
  private readonly fillers = new Set<PartFiller>();

  add(filler: PartFiller): void {
    this.fillers.add(filler);
  }

  remove(filler: PartFiller): void {
    this.fillers.delete(filler);
  }

  /** Watches on behalf of one who waits, until `end` is called. */
  watch(): { end: () => void } {
    let before = this.levels();
    const clock = setInterval(() => {
      this.stopSlowest(before);
      before = this.levels();
    }, WATCH_MS).unref();
    return { end: () => clearInterval(clock) };
  }

  private levels(): Map<PartFiller, number> {
    return new Map(Array.from(this.fillers, (filler) => [filler, filler.filled]));
  }

  private stopSlowest(before: ReadonlyMap<PartFiller, number>): void {
    let slowest: PartFiller | undefined;
    let least = (MIN_RATE * WATCH_MS) / 1000;
    for (const [filler, level] of before) {
      const grown = filler.filled - level;
      if (!this.fillers.has(filler) || grown >= least) continue;
      slowest = filler;
      least = grown;
    }
    if (!slowest) return;
    this.remove(slowest);
    slowest.stop(FileInterruptedError.tooSlow(MIN_RATE));
  }
}
