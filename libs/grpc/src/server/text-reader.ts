import { BinaryReader } from '@bufbuild/protobuf/wire';

/**
 * The most values that are read from one message: tags, lengths and numbers. A field has two or three of them, so a batch
 * of a thousand items stays below a tenth. 4 MiB of empty items would become two million objects.
 */
export const MAX_VALUES = 200_000;

/** The message has more than `MAX_VALUES` values. */
export class TooManyValuesError extends Error {}

/**
 * Reads protobuf strings as the format defines them: only UTF-8. The reader of the library replaces invalid bytes with
 * U+FFFD. It stops at a message with more than `MAX_VALUES` values.
 */
export class TextReader extends BinaryReader {
  private nulls = false;
  private values = 0;

  constructor(bytes: Uint8Array) {
    super(bytes);
    // The library has it as a property, so that no method can stand in for it. Tags, lengths and 32-bit numbers are read so.
    const read = this.uint32;
    this.uint32 = () => {
      this.count();
      return read.call(this);
    };
  }

  /** Whether a string that was read contains the character U+0000, which PostgreSQL cannot store. */
  get hasNull(): boolean {
    return this.nulls;
  }

  /** @throws TypeError when the bytes are not UTF-8 */
  override string(): string {
    const text = super.string(true);
    if (text.includes('\0')) this.nulls = true;
    return text;
  }

  override int64(): bigint | string {
    this.count();
    return super.int64();
  }

  override uint64(): bigint | string {
    this.count();
    return super.uint64();
  }

  override sint64(): bigint | string {
    this.count();
    return super.sint64();
  }

  override bool(): boolean {
    this.count();
    return super.bool();
  }

  /** @throws TooManyValuesError */
  private count(): void {
    this.values += 1;
    if (this.values > MAX_VALUES) throw new TooManyValuesError(`more than ${MAX_VALUES} values`);
  }
}
