import { isUtf8 } from 'node:buffer';
import { findChange } from './change.scanner.js';
import { findForbidden } from './forbidden-text.js';
import type { JsonFault } from './json.fault.js';

/** How deep a payload may be nested: what stores, copies or prints it later can follow. */
export const MAX_PAYLOAD_DEPTH = 64;

/** What a JSON text says, or why it is refused. */
export type JsonReading =
  { readonly value: unknown; readonly fault?: undefined } | { readonly fault: JsonFault };

export interface ReadJsonOptions {
  /**
   * Refuses what reading would change: doubled names, numbers that a double cannot hold, nesting deeper than this.
   * For a payload that no schema describes. @default only `__proto__` is refused
   */
  exactTo?: number;
}

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Reads JSON from bytes, which are UTF-8 (RFC 8259, section 8.1); a byte order mark before it is skipped. Text that
 * PostgreSQL cannot store is refused here, once for all who get the value, and so is the name `__proto__`.
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

/** What is forbidden is written out, or by an escape: valid UTF-8 has no other way to say it. */
function isSuspicious(text: string): boolean {
  return text.includes('__proto__') || text.includes('\\u');
}
