import type { MessageCodec } from '@app/contracts';

/** Encodes a message without copying the bytes. */
export function toBuffer<Message>(codec: MessageCodec<Message>, message: Message): Buffer {
  const bytes = codec.encode(message).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The identity serializer. Both sides encode and decode elsewhere, where a failure can become a typed error. */
export function asIs(bytes: Buffer): Buffer {
  return bytes;
}
