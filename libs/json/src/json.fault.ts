/**
 * Why a JSON text is refused. `encoding`: it is not UTF-8. `syntax`: it is not JSON. `changed`: reading it would change
 * what it means. `unstorable`: it holds text that PostgreSQL cannot store.
 */
export type JsonFaultKind = 'encoding' | 'syntax' | 'changed' | 'unstorable';

/** What is wrong with a JSON text, and where. */
export interface JsonFault {
  readonly kind: JsonFaultKind;
  /** As in `message.items[3].name`, at most some 200 characters; empty for the text as a whole. */
  readonly path: string;
  /** Follows the path in a sentence: `is given more than once`. */
  readonly message: string;
}
