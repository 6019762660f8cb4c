import { MAX_CAUSES, messageOf, stackOf } from './error-chain.js';
import { isSecretName, MASK, Masking, maskText } from './redaction.js';

/** An error as it is logged: without secrets, SQL parameters and large objects. */
export interface ErrorDescription {
  type: string;
  message: string;
  /** Root cause first, then the errors that wrap it; frames of the project's own sources, with paths from the root. */
  stack?: string;
  cause?: ErrorDescription;
  [field: string]: unknown;
}

/** Key of the method by which an error returns the fields that are logged. */
export const ERROR_FIELDS = Symbol('error fields');

const TOLD = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** Fields in which drivers put values that a client sent. */
const VALUES = new Set(['parameters', 'detail', 'where', 'hint', 'internalQuery']);

/**
 * An error with its causes and one stack for the whole chain. Of the fields that third parties attach to their errors,
 * only plain values are included (`code`, `table`, `query`), not requests, sockets and clients. Fields with the
 * parameters of a statement are masked.
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
 * A copy of a value in which fields with secret names are masked at any depth, secrets in texts are masked
 * (`maskText`), and errors are described (`describeError`).
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
