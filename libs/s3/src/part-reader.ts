import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { AppError } from '@app/errors';
import { Part } from './part.js';
import type { PartBuffers } from './part-buffers.js';
import { FileInterruptedError, FileTooLargeError } from './s3.errors.js';
import { readWatched, SilenceError } from './watched-stream.js';

/** What each part is collected in at first: a client that sends little takes none of the shared buffers. */
const STARTER_BYTES = 64 * 1024;

/** @internal */
export interface PartReaderOptions {
  /** Shared buffers, the smallest first. The last are as large as a part. */
  buffers: readonly PartBuffers[];
  /** Of a part, in bytes. */
  partSize: number;
  /** The most that the content may have, in bytes. */
  maxSize: number;
  /** How long the content may be silent, in milliseconds. */
  silence: number;
  signal: AbortSignal;
}

/**
 * Cuts a stream into parts of equal size, counting and hashing what passes. A part is handed over once it is
 * known whether more follows, so that the last one says so and is empty only for empty content. Nothing is
 * read ahead of the part that is being filled.
 */
export class PartReader implements AsyncIterable<Part> {
  private readonly hash = createHash('sha256');
  private total = 0;
  private starter: Buffer | undefined;

  constructor(
    private readonly content: Readable,
    private readonly options: PartReaderOptions,
  ) {}

  /** Bytes read so far. */
  get size(): number {
    return this.total;
  }

  /** Of all that was read, in hexadecimal; ask once, at the end. */
  sha256(): string {
    return this.hash.digest('hex');
  }

  /** Each part belongs to whoever takes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Part, void> {
    let filling: Part | undefined;
    let number = 1;
    try {
      for await (const chunk of this.chunks()) {
        this.account(chunk);
        for (let rest = chunk; rest.length > 0;) {
          filling ??= this.open(number++);
          rest = filling.append(rest);
          if (rest.length === 0) break;
          if (filling.canGrow) {
            await this.enlarge(filling);
            continue;
          }
          const full = filling;
          filling = undefined;
          this.filled(full);
          yield full;
        }
      }
      const last = filling ?? this.open(number);
      filling = undefined;
      this.filled(last);
      last.last = true;
      yield last;
    } finally {
      if (filling) this.filled(filling);
      filling?.release();
    }
  }

  /** A client that sends nothing would keep a buffer from the others. */
  private chunks(): AsyncGenerator<Uint8Array, void> {
    const { signal, silence } = this.options;
    return readWatched(addAbortSignal(signal, this.content), {
      silence,
      translate,
    });
  }

  private account(chunk: Uint8Array): void {
    this.total += chunk.length;
    if (this.total > this.options.maxSize) throw FileTooLargeError.beyond(this.options.maxSize);
    this.hash.update(chunk);
  }

  private open(number: number): Part {
    const { partSize: size } = this.options;
    this.starter ??= Buffer.allocUnsafeSlow(Math.min(size, STARTER_BYTES));
    return new Part(number, this.starter, { stop: (error) => void this.content.destroy(error), size });
  }

  private async enlarge(part: Part): Promise<void> {
    const larger = this.options.buffers.find(({ size }) => size > part.capacity);
    if (!larger) throw new RangeError(`No buffer is larger than ${part.capacity} bytes.`);
    // While it waits for a larger buffer, its client is not slow.
    this.filled(part);
    const buffer = await larger.acquire(part, this.options.signal);
    part.moveTo(buffer, () => larger.release(buffer));
  }

  /** The part waits for us or for the store from now on, no longer for the client. */
  private filled(part: Part): void {
    for (const buffers of this.options.buffers) buffers.filled(part);
  }
}

/** Whoever ends a client that is too slow says so in an error of its own. */
function translate(error: unknown): Error {
  if (error instanceof AppError) return error;
  return error instanceof SilenceError ? FileInterruptedError.stalled(error) : FileInterruptedError.of(error);
}
