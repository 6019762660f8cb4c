/** A request, and what a generated route makes of it. */
export interface BindingCase {
  /** Method and raw URL. */
  readonly send: readonly [method: string, url: string];
  /** A text or bytes are sent as they are, with the type of JSON; anything else is sent as JSON. @default no body */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The method that runs, and its request as an object of TypeScript. Fields that are not named have their default. */
  readonly binds?: readonly [method: string, request: object];
  /** The issues, in the order of the reply: each with its path and a part of its message. */
  readonly issues?: readonly Issue[];
  /** Another error: status and reason. */
  readonly fails?: readonly [status: number, reason: string];
}

export type Issue = readonly [path: string, message: string];

/** Parts of the messages of issues. */
export const UNKNOWN = 'is not a known field';
export const TWICE = 'is given more than once';
export const WHOLE = 'must be a whole number';
export const NUMBER = 'must be a number';
export const TEXT = 'must be a text';
export const BOOL = 'must be true or false';
export const BYTES = 'must be base64';
export const ENUM = 'must be one of';
export const TIME = 'must be a time';
export const DURATION = 'must be a duration';
export const LIST = 'must be a list';
export const OBJECT = 'must be an object';
export const ONE_OF = 'give only one of';
/** A whole number that its type does not have. */
export const RANGE = 'must be at least';

/** Title of a case: the request as one reads it in a log. */
export function titleOf({ send: [method, url], body, headers }: BindingCase): string {
  const text = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`;
  const more = headers ? ` ${JSON.stringify(headers)}` : '';
  return short(`${method} ${url}${text}${more}`);
}

const short = (text: string) => (text.length > 120 ? `${text.slice(0, 120)}… (${text.length})` : text);
