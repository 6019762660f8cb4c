import { BinaryReader } from '@bufbuild/protobuf/wire';

/**
 * Reads protobuf strings as the format defines them: UTF-8 and nothing else. The reader of the library puts U+FFFD in
 * the place of other bytes.
 */
export class TextReader extends BinaryReader {
  private nulls = false;

  /** Whether a text that was read has the character U+0000, which PostgreSQL cannot store. */
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
