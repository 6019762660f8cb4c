import { MessageTooLargeError } from './messaging.errors.js';

/**
 * The bytes of a payload.
 *
 * @throws MessageTooLargeError when they are more than `maximum`
 */
export function writeContent(type: string, payload: unknown, maximum: number): Buffer {
  const content = Buffer.from(JSON.stringify(payload));
  if (content.length > maximum) throw MessageTooLargeError.of(type, content.length, maximum);
  return content;
}
