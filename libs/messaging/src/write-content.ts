import { ValidationFailedError } from '@app/errors';
import { findUnstorable } from '@app/json';
import { MessageTooLargeError } from './messaging.errors.js';

/**
 * Serializes a payload to JSON.
 *
 * @throws MessageTooLargeError when they are more than `maximum`
 * @throws ValidationFailedError when a text has U+0000 or a lone surrogate: every consumer would reject it
 */
export function writeContent(type: string, payload: unknown, maximum: number): Buffer {
  const text = JSON.stringify(payload);
  const content = Buffer.from(text);
  if (content.length > maximum) throw MessageTooLargeError.of(type, content.length, maximum);
  const fault = text.includes('\\u') ? findUnstorable(JSON.parse(text)) : undefined;
  if (fault) throw ValidationFailedError.of([{ path: fault.path, message: fault.message }]);
  return content;
}
