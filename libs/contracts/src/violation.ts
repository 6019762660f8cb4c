/** One broken rule of a message. */
export interface Violation {
  /** Where, in proto names: `items[3].delta`. */
  readonly path: string;
  /** What the value must be, for a person: `must not be 0`. */
  readonly message: string;
}

/**
 * Checks a decoded message against the rules of its proto file; the list is empty when it is valid. It has the first 100
 * violations; `violationCount` says how many there are.
 */
export type Validator<Message> = (message: Message) => readonly Violation[];
