import type { MessageCodec } from '@app/contracts';
import { ValidationFailedError } from '@app/errors';
import { findUnstorable } from '@app/json';
import { MalformedMessageError } from '../grpc.errors.js';
import { MAX_VALUES, TextReader, TooManyValuesError } from './text-reader.js';

const TOO_MANY_VALUES = {
  path: '',
  message: `must have at most ${MAX_VALUES} tags, lengths and numbers; send fewer items at a time`,
};

/**
 * Decodes a request. Every string in it is UTF-8 that PostgreSQL can store, also in nested messages and map keys.
 *
 * @throws MalformedMessageError when the bytes are not such a message, or a string is not UTF-8
 * @throws ValidationFailedError with the field whose string contains the character U+0000, or for very many values
 */
export function decodeRequest<Message>(bytes: Uint8Array, codec: MessageCodec<Message>): Message {
  const reader = new TextReader(bytes);
  let message: Message;
  try {
    message = codec.decode(reader);
  } catch (error) {
    if (error instanceof TooManyValuesError) throw ValidationFailedError.of([TOO_MANY_VALUES]);
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
