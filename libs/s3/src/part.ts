import type { PartFiller } from './part-fillers.js';

/** @internal */
export interface PartOptions {
  /** Maximum size of a part, in bytes. */
  size: number;
  /** Stops reading the content. */
  stop: (error: Error) => void;
}

/**
 * A part of an upload. It begins in a small buffer of its upload and moves to larger ones as it grows. The owner of
 * the part releases it.
 */
export class Part implements PartFiller {
  /** Whether the content ends with this part. */
  last = false;
  private length = 0;
  private onRelease: (() => void) | undefined;

  constructor(
    /** From 1, as S3 counts. */
    readonly number: number,
    private buffer: Buffer,
    private readonly options: PartOptions,
  ) {}

  /** Capacity of its buffer, in bytes. */
  get capacity(): number {
    return this.buffer.length;
  }

  /** Whether its buffer is smaller than a part may be. */
  get canGrow(): boolean {
    return this.buffer.length < this.options.size;
  }

  /** Size of the collected content, in bytes. */
  get filled(): number {
    return this.length;
  }

  /** The collected content; valid until `release`. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /**
   * Moves the content to a larger buffer and releases the old one.
   *
   * @param onRelease called once, when the new buffer is no longer needed
   */
  moveTo(buffer: Buffer, onRelease: () => void): void {
    buffer.set(this.bytes);
    this.release();
    this.buffer = buffer;
    this.onRelease = onRelease;
  }

  /** Copies the bytes that fit, and returns the rest. */
  append(chunk: Uint8Array): Uint8Array {
    const fitting = chunk.subarray(0, this.buffer.length - this.length);
    this.buffer.set(fitting, this.length);
    this.length += fitting.length;
    return chunk.subarray(fitting.length);
  }

  stop(error: Error): void {
    this.options.stop(error);
  }

  release(): void {
    this.onRelease?.();
    this.onRelease = undefined;
  }
}
