import { ValidationFailedError, type ValidationIssue } from '@app/errors';
import { foreignCharset, isIdentity, isOurCharset, MAX_PAYLOAD_DEPTH, readJson } from '@app/json';
import { UNREADABLE_HEADERS } from '@app/rabbitmq';
import { MalformedMessageError, UnsupportedContentError } from '../messaging.errors.js';
import type { IncomingMessage } from './incoming-message.js';
import type { SchemaIssue, StandardSchema } from './standard-schema.js';

/** A payload that no schema describes is kept as it is. */
const EXACT = { exactTo: MAX_PAYLOAD_DEPTH };

/**
 * The payload of a message in the shape that its handler asks for.
 *
 * @throws MalformedMessageError when it has no id, properties or headers that cannot be taken over, or is no JSON in
 * UTF-8; without a schema also when reading would change it
 * @throws UnsupportedContentError when it is compressed or in another charset
 * @throws ValidationFailedError with every issue, when the schema refuses it or PostgreSQL could not store its text
 */
export async function readPayload(message: IncomingMessage, schema?: StandardSchema): Promise<unknown> {
  assertReadable(message);
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
  if (result.issues) throw ValidationFailedError.of(result.issues.map(issueOf));
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

function issueOf({ path = [], message }: SchemaIssue): ValidationIssue {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  return { path: keys.map(String).join('.'), message };
}
