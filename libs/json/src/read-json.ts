import { isUtf8 } from 'node:buffer';
import { findChange } from './change.scanner.js';
import { findForbidden } from './forbidden-text.js';
import type { JsonFault } from './json.fault.js';

/** The largest nesting depth of a payload; code that stores, copies or prints it can handle this depth. */
export const MAX_PAYLOAD_DEPTH = 64;

/** The value of a JSON text, or why it is rejected. */
export type JsonReading =
  { readonly value: unknown; readonly fault?: undefined } | { readonly fault: JsonFault };

export interface ReadJsonOptions {
  /**
   * Rejects content that parsing would change: duplicate names, numbers that a double cannot hold exactly, nesting
   * deeper than this. For a payload without a schema. @default only `__proto__` is rejected
   */
  exactTo?: number;
}

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Parses JSON from UTF-8 bytes (RFC 8259, section 8.1); a byte order mark is skipped. Text that PostgreSQL cannot
 * store and the name `__proto__` are rejected here, so that later code need not check for them.
 */
export function readJson(bytes: Buffer, { exactTo }: ReadJsonOptions = {}): JsonReading {
  if (!isUtf8(bytes)) return { fault: { kind: 'encoding', path: '', message: 'is not valid UTF-8' } };
  const decoded = bytes.toString('utf8');
  const text = decoded.charCodeAt(0) === BYTE_ORDER_MARK ? decoded.slice(1) : decoded;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: { kind: 'syntax', path: '', message: 'is not JSON' } };
  }
  const fault =
    (exactTo === undefined ? undefined : findChange(text, exactTo)) ??
    (isSuspicious(text) ? findForbidden(value) : undefined);
  return fault ? { fault } : { value };
}

/** A cheap first check: in valid UTF-8, forbidden content is either written literally or as an escape. */
function isSuspicious(text: string): boolean {
  return text.includes('__proto__') || text.includes('\\u');
}
