/** One broken rule of a message. */
export interface Violation {
  /** Path of the value, in proto names: `items[3].delta`. */
  readonly path: string;
  /** The rule in words: `must not be 0`. */
  readonly message: string;
}

/**
 * Checks a decoded message against the rules of its proto file; the list is empty when it is valid. It has the first 100
 * violations; `violationCount` says how many there are.
 */
export type Validator<Message> = (message: Message) => readonly Violation[];
