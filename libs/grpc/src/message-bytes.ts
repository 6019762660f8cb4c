import type { MessageCodec } from '@app/contracts';

/** Encodes a message; the bytes are not copied. */
export function toBuffer<Message>(codec: MessageCodec<Message>, message: Message): Buffer {
  const bytes = codec.encode(message).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Hands bytes through: both sides encode and decode where a failure can still become an error of its own. */
export function asIs(bytes: Buffer): Buffer {
  return bytes;
}
