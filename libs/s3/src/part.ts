/** A piece of an upload in a buffer of fixed size; whoever holds it releases it. */
export class Part {
  /** Whether the content ends with this part. */
  last = false;
  private length = 0;
  private released = false;

  constructor(
    /** From 1, as S3 counts. */
    readonly number: number,
    private readonly buffer: Buffer,
    private readonly giveBack: (buffer: Buffer) => void,
  ) {}

  get full(): boolean {
    return this.length === this.buffer.length;
  }

  /** What was collected; good until `release`. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Copies what fits and returns what does not. */
  append(chunk: Uint8Array): Uint8Array {
    const fitting = chunk.subarray(0, this.buffer.length - this.length);
    this.buffer.set(fitting, this.length);
    this.length += fitting.length;
    return chunk.subarray(fitting.length);
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    this.giveBack(this.buffer);
  }
}
