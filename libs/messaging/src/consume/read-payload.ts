import { ValidationFailedError, type ValidationIssue } from '@app/errors';
import { foreignCharset, isIdentity, isOurCharset, MAX_PAYLOAD_DEPTH, readJson } from '@app/json';
import { PacedTurns } from '@app/lifecycle';
import { UNREADABLE_HEADERS } from '@app/rabbitmq';
import { MalformedMessageError, UnsupportedContentError } from '../messaging.errors.js';
import type { IncomingMessage } from './incoming-message.js';
import type { SchemaFailure, SchemaIssue, StandardSchema } from './standard-schema.js';

/** A payload that no schema describes is kept as it is. */
const EXACT = { exactTo: MAX_PAYLOAD_DEPTH };
/** A payload of this size takes its turn to be read, in bytes; the prefetch bounds how many wait. */
const LARGE_PAYLOAD = 64 * 1024;
const largePayloads = new PacedTurns();
/** As many as an error shows. */
const MAX_ISSUES = 20;
/** Of a name in an error, in characters. */
const MAX_NAME = 60;

/**
 * The payload of a message in the shape that its handler asks for.
 *
 * @throws MalformedMessageError when it has no id, properties or headers that cannot be taken over, or is no JSON in
 * UTF-8; without a schema also when reading would change it
 * @throws UnsupportedContentError when it is compressed or in another charset
 * @throws ValidationFailedError with 20 issues and their number, when the schema refuses it or PostgreSQL could not store its text
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
  // Some libraries name the charset here.
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
