/**
 * Why a JSON text is rejected. `encoding`: it is not UTF-8. `syntax`: it is not JSON. `changed`: parsing would change
 * its content. `unstorable`: it contains text that PostgreSQL cannot store.
 */
export type JsonFaultKind = 'encoding' | 'syntax' | 'changed' | 'unstorable';

/** A problem in a JSON text, and its path. */
export interface JsonFault {
  readonly kind: JsonFaultKind;
  /** Path such as `message.items[3].name`, at most about 200 characters; empty for the text as a whole. */
  readonly path: string;
  /** Follows the path in a sentence: `is given more than once`. */
  readonly message: string;
}
