import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/** The generated constant of a message (`Counter.encode`, `Counter.toJSON`, …). */
export interface MessageCodec<Message> {
  /** Full proto name, e.g. `ganymede.testing.v1.EchoItem`. */
  readonly $type: string;
  /** Encodes the message; call `.finish()` on the result for the bytes. */
  encode(message: Message, writer?: BinaryWriter): BinaryWriter;
  /** Throws when the bytes are malformed or an int64 is beyond ±(2^53-1). */
  decode(input: BinaryReader | Uint8Array, length?: number): Message;
  /** Reads snake_case JSON; unknown keys are ignored, missing ones get their default. */
  fromJSON(object: unknown): Message;
  /** Returns snake_case JSON, including defaults such as 0. */
  toJSON(message: Message): unknown;
}
