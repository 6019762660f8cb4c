import { findUnstorable, isStorableText } from '@app/json';
import type { Delivery } from '@app/rabbitmq';
import { Header } from '../headers.js';

/** What AMQP calls a short string, in bytes. */
const MAX_SHORT_TEXT = 255;
const MAX_DAMAGE = 200;
/** Bytes that are not UTF-8 come as this character. */
const REPLACEMENT = '\ufffd';

/** The texts that become columns and properties of further messages. */
const PROPERTIES = [
  ['type', 'type'],
  ['correlationId', 'correlation_id'],
] as const;

/** Whether a property can be taken over and sent on as it is. */
export function isShortText(text: string): boolean {
  return (
    text !== '' && Buffer.byteLength(text) <= MAX_SHORT_TEXT && isUndamaged(text) && !/\p{Cc}/u.test(text)
  );
}

/**
 * What of a message's properties and headers is not what its sender wrote, or cannot be stored as that; undefined when
 * nothing is. A message with such a property is refused: without it, it would be another message.
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
