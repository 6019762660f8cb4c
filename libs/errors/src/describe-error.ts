import { MAX_CAUSES, messageOf, stackOf } from './error-chain.js';
import { isSecretName, MASK, Masking, maskText } from './redaction.js';

/** What an error says of itself, fit for a log: no secrets, no values of SQL, nothing that is merely large. */
export interface ErrorDescription {
  type: string;
  message: string;
  /** What broke first, then what it was wrapped in; frames of our own sources, with paths from the root. */
  stack?: string;
  cause?: ErrorDescription;
  [field: string]: unknown;
}

/** By which an error says itself which of its fields are to be told. */
export const ERROR_FIELDS = Symbol('error fields');

const TOLD = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** What drivers put beside their message and what holds the values that somebody sent. */
const VALUES = new Set(['parameters', 'detail', 'where', 'hint', 'internalQuery']);

/**
 * An error with its stack and its causes. The stack is told once, for the whole chain. Of what third parties hang on their errors only plain values are
 * told (`code`, `table`, `query`): requests, sockets and clients are not, and what bears the values of a
 * statement is masked.
 *
 * @param isSecret @default isSecretName
 */
export function describeError(
  thrown: unknown,
  isSecret: (name: string) => boolean = isSecretName,
): ErrorDescription {
  const { type, message, ...rest } = describe(thrown, isSecret, MAX_CAUSES);
  const stack = stackOf(thrown);
  return { type, message, ...(stack !== undefined && { stack: maskText(stack) }), ...rest };
}

/**
 * A copy of a value in which everything that bears a secret name is masked, however deep, every text is searched
 * (`maskText`), and errors are described.
 *
 * @param isSecret @default isSecretName
 */
export function maskSecrets(value: unknown, isSecret: (name: string) => boolean = isSecretName): unknown {
  return new Masking({ isSecret, maskText, describeError: (error) => describeError(error, isSecret) }).copy(
    value,
  );
}

function describe(thrown: unknown, isSecret: (name: string) => boolean, depth: number): ErrorDescription {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, message: text(maskSecrets(thrown, isSecret)) };
  const description: ErrorDescription = { type: thrown.name, message: maskText(messageOf(thrown)) };
  Object.assign(description, fieldsOf(thrown, isSecret));
  if (depth === 0) return description;
  if (thrown.cause !== undefined) description.cause = describe(thrown.cause, isSecret, depth - 1);
  if (thrown instanceof AggregateError) {
    const errors: unknown[] = thrown.errors;
    description['errors'] = errors.slice(0, MAX_CAUSES).map((error) => describe(error, isSecret, 0));
  }
  return description;
}

function fieldsOf(error: Error, isSecret: (name: string) => boolean): Record<string, unknown> {
  if (ERROR_FIELDS in error) {
    const own = (error as Error & { [ERROR_FIELDS](): object })[ERROR_FIELDS]();
    return maskSecrets(own, isSecret) as Record<string, unknown>;
  }
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(error)) {
    if (TOLD.has(name)) continue;
    if (VALUES.has(name) || isSecret(name)) fields[name] = MASK;
    else if (typeof value === 'string') fields[name] = maskText(value);
    else if (typeof value === 'number' || typeof value === 'boolean') fields[name] = value;
  }
  return fields;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
