/** One broken rule of a message. */
export interface Violation {
  /** Path of the value, in proto names: `items[3].delta`. */
  readonly path: string;
  /** The rule in words: `must not be 0`. */
  readonly message: string;
}

/** Violations of one message, and the number of further ones that are not listed. @internal */
export type Violations = Violation[] & { beyond?: number };

/** How many violations a validator has found, including those that its list leaves out. */
export function violationCount(found: readonly Violation[]): number {
  return found.length + ((found as Readonly<Violations>).beyond ?? 0);
}

/**
 * Checks a decoded message against the rules of its proto file. The list is empty when the message is valid. It has
 * the first 100 violations; `violationCount` returns the total number.
 */
export type Validator<Message> = (message: Message) => readonly Violation[];
