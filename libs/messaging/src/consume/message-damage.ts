import { findUnstorable, isStorableText } from '@app/json';
import type { Delivery } from '@app/rabbitmq';
import { Header } from '../headers.js';

/** The maximum length of an AMQP short string, in bytes. */
const MAX_SHORT_TEXT = 255;
const MAX_DAMAGE = 200;
/** The decoder replaces bytes that are not UTF-8 with this character. */
const REPLACEMENT = '\ufffd';

/** The properties that are stored in columns and copied to further messages. */
const PROPERTIES = [
  ['type', 'type'],
  ['correlationId', 'correlation_id'],
] as const;

/** Whether a property can be stored and sent on unchanged. */
export function isShortText(text: string): boolean {
  return (
    text !== '' && Buffer.byteLength(text) <= MAX_SHORT_TEXT && isUndamaged(text) && !/\p{Cc}/u.test(text)
  );
}

/**
 * Describes the first property or header that is not what the sender wrote, or that cannot be stored unchanged;
 * undefined if there is none. Such a message is rejected: without that property it would be a different message.
 */
export function damageOf(
  properties: Delivery['properties'],
  headers: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const [property, name] of PROPERTIES) {
    const text: unknown = properties[property];
    if (typeof text === 'string' && text !== '' && !isShortText(text))
      return `a ${name} that is not UTF-8 without control characters`;
  }
  const known = headers[Header.damage];
  if (typeof known === 'string') return ascii(known);
  const { [Header.failures]: _, ...others } = headers;
  const fault = findUnstorable(others, isUndamaged);
  return fault && `a header ${ascii(fault.path)} that is not UTF-8 without U+0000`;
}

function isUndamaged(text: string): boolean {
  return isStorableText(text) && !text.includes(REPLACEMENT);
}

function ascii(path: string): string {
  return path.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_DAMAGE);
}
