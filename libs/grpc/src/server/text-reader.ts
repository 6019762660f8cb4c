import { BinaryReader } from '@bufbuild/protobuf/wire';

/**
 * Reads protobuf strings as the format defines them: only UTF-8. The reader of the library replaces invalid bytes
 * with U+FFFD.
 */
export class TextReader extends BinaryReader {
  private nulls = false;

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
}
