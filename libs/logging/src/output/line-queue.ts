import { setTimeout as delay } from 'node:timers/promises';
import type { DestinationStream } from 'pino';
import type { LineSink } from './line-sink.js';

/** Told of what happens to an output, so that the log can say it. */
export interface OutputObserver {
  /** Lines cannot be written at the moment; they wait as long as there is room. */
  troubled(sink: string, code: string): void;
  /** Lines are written again; so many were dropped meanwhile. */
  recovered(sink: string, dropped: number, milliseconds: number): void;
}

export interface LineQueueOptions {
  /** How much may wait; what does not fit is dropped and counted. Characters. */
  limit: number;
  observer: OutputObserver;
}

/** The share of the memory that is kept for urgent lines. */
const RESERVE = 1 / 8;
/** How long a line may wait for others, so that many are written at once; milliseconds. */
const BATCH_MS = 100;
/** From here on a batch is written without waiting; characters. */
const BATCH_SIZE = 128 * 1024;
/** Pauses between attempts at an output that does not take anything, from the first to the last; milliseconds. */
const RETRY_MS = { first: 2, last: 500 };
/** A reader that is merely slow is no trouble until pauses have grown to this. */
const SLOW_MS = 256;
/** How long the end of the process waits for a slow reader, and a write may take to be waited for; milliseconds. */
const LAST_LINES_MS = 1000;

/** From the first line that was dropped or could not be written to the first that is written again. */
interface Trouble {
  since: number;
  droppedBefore: number;
  said: boolean;
}

const NOTHING = Buffer.alloc(0);
const CLOCK = new Int32Array(new SharedArrayBuffer(4));

/**
 * The lines between the logger and an output, in memory of bounded size. Writing never throws and never blocks:
 * when a disk is full or slow, or the reader of a pipe has stopped or gone, lines wait, and what does not fit
 * any more is dropped and counted, what is not urgent first. It tries on until the output is well again.
 */
export class LineQueue implements DestinationStream {
  private readonly batches: string[] = [];
  private tail = '';
  /** Characters in `batches` and `tail`. */
  private waiting = 0;
  /** What is being written; its front is cut off as it goes out, so that no line is torn or told twice. */
  private chunk: Buffer = NOTHING;
  private inFlight = false;
  /** Since when the output has been at work on a write. */
  private busySince: number | undefined;
  private draining = false;
  private timer: NodeJS.Timeout | undefined;
  private trouble: Trouble | undefined;
  private droppedLines = 0;

  constructor(
    private readonly sink: LineSink,
    private readonly options: LineQueueOptions,
  ) {}

  /** Lines dropped so far. */
  get dropped(): number {
    return this.droppedLines;
  }

  /** @param urgent whether the line may use the room that is kept for what must not be missed */
  write(line: string, urgent = false): void {
    const { limit } = this.options;
    if (this.waiting + line.length > (urgent ? limit : limit * (1 - RESERVE))) {
      this.trouble ??= this.newTrouble();
      this.droppedLines += 1;
      return;
    }
    this.waiting += line.length;
    this.tail += line;
    if (this.tail.length >= BATCH_SIZE) this.closeBatch();
    if (!this.draining) this.schedule();
  }

  /**
   * Resolves once no write is under way, so that what is flushed then comes behind it; waits a second at the most.
   */
  async settled(): Promise<void> {
    const end = performance.now() + LAST_LINES_MS;
    while (this.inFlight && performance.now() < end) await delay(1);
  }

  /**
   * Writes everything that waits, at once: before the process ends. Gives up when the output is broken, and
   * after a second when nobody reads. What the thread pool is writing at this moment, it finishes itself; when that
   * has taken more than a second the disk hangs, and this thread must not hang with it.
   *
   * @returns how many lines are left
   */
  flushSync(): number {
    const now = performance.now();
    const end = now + LAST_LINES_MS;
    if (now - (this.busySince ?? now) > LAST_LINES_MS) return this.left;
    let rest: Buffer = this.inFlight ? NOTHING : this.chunk;
    do {
      rest = this.writeUntil(end, rest);
      if (!this.inFlight) this.chunk = rest;
      else if (rest.length > 0) this.putBack(rest.toString());
      if (rest.length > 0) break;
      rest = Buffer.from(this.takeNext());
    } while (rest.length > 0);
    return this.left;
  }

  /** Lines that wait, without what is being written. */
  private get left(): number {
    return linesIn(this.inFlight ? '' : this.chunk.toString()) + linesIn(this.batches.join('') + this.tail);
  }

  /** @returns what could not be written */
  private writeUntil(end: number, bytes: Buffer): Buffer {
    let rest = bytes;
    while (rest.length > 0) {
      try {
        rest = rest.subarray(this.sink.writeSync(rest));
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN' || performance.now() >= end) return rest;
        Atomics.wait(CLOCK, 0, 0, RETRY_MS.first);
      }
    }
    return rest;
  }

  private schedule(): void {
    const full = this.batches.length > 0;
    if (this.timer && !full) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.drain(), full ? 0 : BATCH_MS);
    this.timer.unref();
    if (full) this.draining = true;
  }

  private async drain(): Promise<void> {
    this.timer = undefined;
    this.draining = true;
    let pause = RETRY_MS.first;
    if (this.chunk.length === 0) this.chunk = Buffer.from(this.takeNext());
    while (this.chunk.length > 0) {
      const failure = await this.writeSome();
      if (failure === undefined) {
        pause = RETRY_MS.first;
        if (this.trouble && this.waiting < this.options.limit / 2) this.recover(this.trouble);
      } else {
        if (failure !== 'EAGAIN' || pause >= SLOW_MS) this.fail(failure);
        await delay(pause, undefined, { ref: false });
        pause = Math.min(pause * 2, RETRY_MS.last);
      }
      if (this.chunk.length === 0 && this.batches.length > 0) this.chunk = Buffer.from(this.takeNext());
    }
    this.draining = false;
    // What came meanwhile waits for others, as ever.
    if (this.tail !== '') this.schedule();
  }

  /** @returns the code of what went wrong */
  private async writeSome(): Promise<string | undefined> {
    try {
      this.busySince = performance.now();
      await this.sink.prepare?.();
      this.inFlight = true;
      const written = await this.sink.write(this.chunk);
      this.chunk = this.chunk.subarray(written);
      return undefined;
    } catch (error) {
      return codeOf(error);
    } finally {
      this.inFlight = false;
      this.busySince = undefined;
    }
  }

  private newTrouble(): Trouble {
    return { since: performance.now(), droppedBefore: this.droppedLines, said: false };
  }

  private fail(code: string): void {
    this.trouble ??= this.newTrouble();
    if (this.trouble.said) return;
    this.trouble.said = true;
    this.options.observer.troubled(this.sink.name, code);
  }

  private recover({ since, droppedBefore }: Trouble): void {
    this.trouble = undefined;
    const dropped = this.droppedLines - droppedBefore;
    this.options.observer.recovered(this.sink.name, dropped, Math.round(performance.now() - since));
  }

  private closeBatch(): void {
    if (this.tail !== '') this.batches.push(this.tail);
    this.tail = '';
  }

  /**
   * What comes next: all full batches, since however busy the event loop is, a turn of it has to be enough for what
   * came meanwhile; without one, the lines that wait for it to become full. Empty when nothing waits.
   */
  private takeNext(): string {
    if (this.batches.length === 0) this.closeBatch();
    const text = this.batches.splice(0).join('');
    this.waiting -= text.length;
    return text;
  }

  private putBack(text: string): void {
    this.batches.unshift(text);
    this.waiting += text.length;
  }
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
