import { FileInterruptedError } from './s3.errors.js';

/** Interval of the checks, in milliseconds. */
const LOOK_MS = 500;
/** A client that is slow for this long may lose its buffer, in milliseconds. */
const SLOW_MS = 1_000;
/** Minimum rate of a client while others wait for a buffer, in bytes a second. */
const MIN_RATE = 32 * 1024;

/** An upload that fills a buffer with the bytes of its client. */
export interface PartFiller {
  /** Bytes in the buffer. */
  readonly filled: number;
  /** Ends the upload, which releases the buffer. */
  stop(error: Error): void;
}

interface Progress {
  /** Bytes in the buffer at the last check. */
  level: number;
  /** How long the client has been slow, in milliseconds. */
  slowFor: number;
}

/**
 * The uploads that are filling a buffer. For each upload that waits for a buffer, the slowest of them is stopped.
 * So a client that sends quickly until it has a buffer, and then almost nothing, cannot keep it from the others.
 */
export class PartFillers {
  private readonly fillers = new Map<PartFiller, Progress>();
  private clock: NodeJS.Timeout | undefined;
  private waiting = 0;

  add(filler: PartFiller): void {
    this.fillers.set(filler, { level: filler.filled, slowFor: 0 });
    this.clock ??= setInterval(() => this.look(), LOOK_MS).unref();
  }

  remove(filler: PartFiller): void {
    this.fillers.delete(filler);
    if (this.fillers.size > 0) return;
    clearInterval(this.clock);
    this.clock = undefined;
  }

  /** Registers an upload that waits for a buffer, until `end` is called. */
  watch(): { end: () => void } {
    this.waiting += 1;
    this.stopSlowest();
    return { end: () => void (this.waiting -= 1) };
  }

  private look(): void {
    for (const [filler, progress] of this.fillers) {
      const isSlow = filler.filled - progress.level < (MIN_RATE * LOOK_MS) / 1000;
      progress.slowFor = isSlow ? progress.slowFor + LOOK_MS : 0;
      progress.level = filler.filled;
    }
    for (let left = this.waiting; left > 0; left -= 1) this.stopSlowest();
  }

  private stopSlowest(): void {
    let slowest: PartFiller | undefined;
    let longest = SLOW_MS;
    for (const [filler, { slowFor }] of this.fillers) {
      if (slowFor < longest || (slowest && slowFor === longest)) continue;
      slowest = filler;
      longest = slowFor;
    }
    if (!slowest) return;
    this.remove(slowest);
    slowest.stop(FileInterruptedError.tooSlow(MIN_RATE));
  }
}
