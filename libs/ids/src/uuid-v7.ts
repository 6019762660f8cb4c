import { randomUUID } from 'node:crypto';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Creates a UUID of version 7. It begins with the time, so a table appends its row at the end of the index. Two ids
 * of one millisecond have no order.
 *
 * @param time milliseconds since 1970 @default now
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function uuidV7(time = Date.now()): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Whether a text is a UUID of version 7, in either case. */
export function isUuidV7(text: string): boolean {
  // Cheaper than the pattern for the many keys that are something else.
  return text.length === 36 && UUID_V7.test(text);
}

/** Returns the time of a UUID of version 7, in milliseconds since 1970; undefined for any other text. */
export function uuidV7Time(text: string): number | undefined {
  return isUuidV7(text) ? Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16) : undefined;
}
