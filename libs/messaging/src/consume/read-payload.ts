import { ValidationFailedError, type ValidationIssue } from '@app/errors';
import { foreignCharset, isIdentity, isOurCharset, MAX_PAYLOAD_DEPTH, readJson } from '@app/json';
import { PacedTurns } from '@app/lifecycle';
import { UNREADABLE_HEADERS } from '@app/rabbitmq';
import { MalformedMessageError, UnsupportedContentError } from '../messaging.errors.js';
import type { IncomingMessage } from './incoming-message.js';
import type { SchemaFailure, SchemaIssue, StandardSchema } from './standard-schema.js';

/** A payload without a schema must be read without any change. */
const EXACT = { exactTo: MAX_PAYLOAD_DEPTH };
/** Payloads of at least this size, in bytes, are read one at a time. The prefetch limits how many wait. */
const LARGE_PAYLOAD = 64 * 1024;
const largePayloads = new PacedTurns();
/** How many issues an error lists. */
const MAX_ISSUES = 20;
/** Length of a field name in an error, in characters. */
const MAX_NAME = 60;

/**
 * Reads and validates the payload of a message.
 *
 * @throws MalformedMessageError when the message has no valid id, has properties or headers that cannot be stored
 *   unchanged, or is not JSON in UTF-8; without a schema, also when reading would change the payload
 * @throws UnsupportedContentError when it is compressed or in another charset
 * @throws ValidationFailedError with up to 20 issues and their number, when the schema rejects it or PostgreSQL cannot
 *   store its text
 */
export async function readPayload(message: IncomingMessage, schema?: StandardSchema): Promise<unknown> {
  assertReadable(message);
  if (message.content.length >= LARGE_PAYLOAD) await largePayloads.next();
  const reading = readJson(message.content, schema ? {} : EXACT);
  if (reading.fault) {
    const { kind, path, message: text } = reading.fault;
    if (kind === 'unstorable') throw ValidationFailedError.of([{ path, message: text }]);
    throw MalformedMessageError.because(
      kind === 'changed' ? `cannot be kept: ${path || 'it'} ${text}` : text,
    );
  }
  if (!schema) return reading.value;
  const result = await schema['~standard'].validate(reading.value);
  if (result.issues) throw validationFailed(result);
  return result.value;
}

function assertReadable({
  identified,
  headers,
  damage,
  contentType,
  contentEncoding = '',
}: IncomingMessage): void {
  if (!identified) throw MalformedMessageError.because('has no UUID as its message_id');
  if (headers[UNREADABLE_HEADERS] === true) throw MalformedMessageError.because('has headers beyond reading');
  if (damage !== undefined) throw MalformedMessageError.because(`has ${damage}`);
  const charset = foreignCharset(contentType);
  if (charset !== undefined) throw UnsupportedContentError.charset(charset);
  // Some client libraries put the charset into content-encoding.
  if (!isIdentity(contentEncoding) && !isOurCharset(contentEncoding))
    throw UnsupportedContentError.encoding(contentEncoding);
}

function validationFailed({ issues, issueCount }: SchemaFailure): ValidationFailedError {
  const count = issueCount ?? issues.reduce((sum, issue) => sum + countOf(issue), 0);
  return ValidationFailedError.of(issues.slice(0, MAX_ISSUES).map(issueOf), count);
}

function countOf({ code, keys }: SchemaIssue): number {
  return code === 'unrecognized_keys' ? (keys?.length ?? 0) : 1;
}

function issueOf({ path = [], message, code, keys = [] }: SchemaIssue): ValidationIssue {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part));
  if (code !== 'unrecognized_keys') return { path: names.join('.'), message };
  const unknown = keys.slice(0, MAX_ISSUES).map((key) => key.slice(0, MAX_NAME));
  return { path: names.join('.'), message: `has unknown fields: ${unknown.join(', ')}` };
}
