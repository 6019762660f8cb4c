import type { PartFiller } from './part-fillers.js';

/** @internal */
export interface PartOptions {
  /** What a part may have, in bytes. */
  size: number;
  /** Ends the reading of the content. */
  stop: (error: Error) => void;
}

/**
 * A piece of an upload. It begins in a small buffer of its upload and moves to larger ones when there is more; whoever
 * holds it releases it.
 */
export class Part implements PartFiller {
  /** Whether the content ends with this part. */
  last = false;
  private length = 0;
  private giveBack: (() => void) | undefined;

  constructor(
    /** From 1, as S3 counts. */
    readonly number: number,
    private buffer: Buffer,
    private readonly options: PartOptions,
  ) {}

  /** What its buffer can hold, in bytes. */
  get capacity(): number {
    return this.buffer.length;
  }

  /** Whether its buffer is smaller than a part may be. */
  get canGrow(): boolean {
    return this.buffer.length < this.options.size;
  }

  /** What was collected, in bytes. */
  get filled(): number {
    return this.length;
  }

  /** What was collected; good until `release`. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /**
   * Gives back the buffer that it leaves.
   *
   * @param giveBack called once, when nobody needs the new buffer any more
   */
  moveTo(buffer: Buffer, giveBack: () => void): void {
    buffer.set(this.bytes);
    this.release();
    this.buffer = buffer;
    this.giveBack = giveBack;
  }

  /** Copies what fits and returns what does not. */
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
    this.giveBack?.();
    this.giveBack = undefined;
  }
}
