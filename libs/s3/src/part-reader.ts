import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { AppError } from '@app/errors';
import { Part } from './part.js';
import type { PartBuffers } from './part-buffers.js';
import { FileInterruptedError, FileTooLargeError } from './s3.errors.js';
import { readWatched, SilenceError } from './watched-stream.js';

/** Size of the first buffer of each part, in bytes: a client that sends little takes none of the shared buffers. */
const STARTER_BYTES = 64 * 1024;

/** @internal */
export interface PartReaderOptions {
  /** Shared buffers, the smallest first. The last are as large as a part. */
  buffers: readonly PartBuffers[];
  /** Of a part, in bytes. */
  partSize: number;
  /** Maximum size of the content, in bytes. */
  maxSize: number;
  /** How long the content may be silent, in milliseconds. */
  silence: number;
  signal: AbortSignal;
}

/**
 * Splits a stream into parts of equal size, and counts and hashes the bytes. A part is yielded only when the reader
 * has seen whether more follows. So the last part is marked, and is empty only for empty content. The reader reads
 * nothing beyond the part that is being filled.
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

  /** Hash of all bytes read, in hexadecimal. Call it once, at the end. */
  sha256(): string {
    return this.hash.digest('hex');
  }

  /** The consumer of a part owns it and releases it. */
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

  /** Fails when the client is silent: it would keep a buffer from the others. */
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
    // While the part waits for a larger buffer, its client does not count as slow.
    this.filled(part);
    const buffer = await larger.acquire(part, this.options.signal);
    part.moveTo(buffer, () => larger.release(buffer));
  }

  /** From now on the part waits for us or for the store, no longer for the client. */
  private filled(part: Part): void {
    for (const buffers of this.options.buffers) buffers.filled(part);
  }
}

/** An AppError passes as it is: code that stops a slow client passes its own error. */
function translate(error: unknown): Error {
  if (error instanceof AppError) return error;
  return error instanceof SilenceError ? FileInterruptedError.stalled(error) : FileInterruptedError.of(error);
}
