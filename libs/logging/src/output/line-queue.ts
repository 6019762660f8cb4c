import { setTimeout as delay } from 'node:timers/promises';
import type { DestinationStream } from 'pino';
import type { LineSink } from './line-sink.js';

/** Receives changes of state of an output, so that they can be logged. */
export interface OutputObserver {
  /** Lines cannot be written at the moment; they wait while the buffer has space. */
  troubled(sink: string, code: string): void;
  /** Lines are written again; `dropped` lines were lost meanwhile. */
  recovered(sink: string, dropped: number, milliseconds: number): void;
}

export interface LineQueueOptions {
  /** Size of the buffer in characters; lines that do not fit are dropped and counted. */
  limit: number;
  observer: OutputObserver;
}

/** The share of the buffer that is reserved for urgent lines. */
const RESERVE = 1 / 8;
/** The longest time that a line waits for others, so that they are written in one batch; milliseconds. */
const BATCH_MS = 100;
/** A batch of this size is written without waiting; characters. */
const BATCH_SIZE = 128 * 1024;
/** Pauses between attempts while an output accepts nothing, first and longest; milliseconds. */
const RETRY_MS = { first: 2, last: 500 };
/** A slow reader is reported when the pauses have grown to this; milliseconds. */
const SLOW_MS = 256;
/** How long the end of the process waits for a slow reader, or for a running write; milliseconds. */
const LAST_LINES_MS = 1000;

/** The time from the first line that was dropped or not written to the first that is written again. */
interface OutputFailure {
  since: number;
  droppedBefore: number;
  isReported: boolean;
}

const NOTHING = Buffer.alloc(0);
const CLOCK = new Int32Array(new SharedArrayBuffer(4));

/**
 * A buffer of limited size between the logger and an output. `write` never throws and never blocks. When a disk is
 * full or slow, or the reader of a pipe has stopped, lines wait. Lines that do not fit are dropped and counted, the
 * ones that are not urgent first. The queue retries until the output works again.
 */
export class LineQueue implements DestinationStream {
  private readonly batches: string[] = [];
  private tail = '';
  /** Characters in `batches` and `tail`. */
  private waiting = 0;
  /** The bytes being written. Written bytes are removed from its front, so that no line is cut or repeated. */
  private chunk: Buffer = NOTHING;
  private inFlight = false;
  /** When the current write began. */
  private busySince: number | undefined;
  private draining = false;
  private timer: NodeJS.Timeout | undefined;
  private outputFailure: OutputFailure | undefined;
  private droppedLines = 0;

  constructor(
    private readonly sink: LineSink,
    private readonly options: LineQueueOptions,
  ) {}

  /** Lines dropped so far. */
  get dropped(): number {
    return this.droppedLines;
  }

  /** @param urgent whether the line may use the reserved part of the buffer */
  write(line: string, urgent = false): void {
    const { limit } = this.options;
    if (this.waiting + line.length > (urgent ? limit : limit * (1 - RESERVE))) {
      this.outputFailure ??= this.newFailure();
      this.droppedLines += 1;
      return;
    }
    this.waiting += line.length;
    this.tail += line;
    if (this.tail.length >= BATCH_SIZE) this.closeBatch();
    if (!this.draining) this.schedule();
  }

  /**
   * Resolves once no write is running, so that lines flushed afterwards are in order; waits at most one second.
   */
  async settled(): Promise<void> {
    const end = performance.now() + LAST_LINES_MS;
    while (this.inFlight && performance.now() < end) await delay(1);
  }

  /**
   * Writes all waiting lines synchronously, before the process ends. Stops when the output fails, or after one
   * second when its reader does not read. The thread pool finishes a write that is already running. If that write has
   * taken more than a second, the disk hangs, and this method writes nothing so that the thread does not hang too.
   *
   * @returns the number of lines that were not written
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

  /** The number of waiting lines, without those being written. */
  private get left(): number {
    return linesIn(this.inFlight ? '' : this.chunk.toString()) + linesIn(this.batches.join('') + this.tail);
  }

  /** @returns the bytes that could not be written */
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
        if (this.outputFailure && this.waiting < this.options.limit / 2) this.recover(this.outputFailure);
      } else {
        if (failure !== 'EAGAIN' || pause >= SLOW_MS) this.fail(failure);
        await delay(pause, undefined, { ref: false });
        pause = Math.min(pause * 2, RETRY_MS.last);
      }
      if (this.chunk.length === 0 && this.batches.length > 0) this.chunk = Buffer.from(this.takeNext());
    }
    this.draining = false;
    // Lines that arrived meanwhile wait for the next batch.
    if (this.tail !== '') this.schedule();
  }

  /** @returns the error code, if the write failed */
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

  private newFailure(): OutputFailure {
    return { since: performance.now(), droppedBefore: this.droppedLines, isReported: false };
  }

  private fail(code: string): void {
    this.outputFailure ??= this.newFailure();
    if (this.outputFailure.isReported) return;
    this.outputFailure.isReported = true;
    this.options.observer.troubled(this.sink.name, code);
  }

  private recover({ since, droppedBefore }: OutputFailure): void {
    this.outputFailure = undefined;
    const dropped = this.droppedLines - droppedBefore;
    this.options.observer.recovered(this.sink.name, dropped, Math.round(performance.now() - since));
  }

  private closeBatch(): void {
    if (this.tail !== '') this.batches.push(this.tail);
    this.tail = '';
  }

  /**
   * The next lines to write: all full batches, because even in a busy event loop one turn must be enough for the lines
   * that arrived meanwhile. Without a full batch, the lines of the incomplete one. Empty when nothing waits.
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
