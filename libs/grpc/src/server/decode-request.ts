import type { MessageCodec } from '@app/contracts';
import { ValidationFailedError } from '@app/errors';
import { findUnstorable } from '@app/json';
import { MalformedMessageError } from '../grpc.errors.js';
import { TextReader } from './text-reader.js';

/**
 * A request from its bytes. Every text in it, in nested messages and as the key of a map too, is UTF-8 that PostgreSQL
 * can store.
 *
 * @throws MalformedMessageError when the bytes are no such message, or a text is not UTF-8
 * @throws ValidationFailedError with the field whose text has the character U+0000
 */
export function decodeRequest<Message>(bytes: Uint8Array, codec: MessageCodec<Message>): Message {
  const reader = new TextReader(bytes);
  let message: Message;
  try {
    message = codec.decode(reader);
  } catch (error) {
    throw MalformedMessageError.of(codec.$type, error);
  }
  const fault = reader.hasNull ? findUnstorable(message) : undefined;
  if (fault) throw ValidationFailedError.of([{ path: toProtoNames(fault.path), message: fault.message }]);
  return message;
}

/** `items[0].counterType` → `items[0].counter_type` */
function toProtoNames(path: string): string {
  return path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
