import { ValidationFailedError, type ValidationIssue } from '@app/errors';
import { UNREADABLE_HEADERS } from '@app/rabbitmq';
import { MalformedMessageError } from '../messaging.errors.js';
import type { IncomingMessage } from './incoming-message.js';
import type { SchemaIssue, StandardSchema } from './standard-schema.js';

/**
 * The payload of a message in the shape that its handler asks for.
 *
 * @throws MalformedMessageError when it has no id, headers that cannot be read, or is no JSON
 * @throws ValidationFailedError with every issue, when the schema refuses it
 */
export async function readPayload(
  { identified, headers, content }: IncomingMessage,
  schema?: StandardSchema,
): Promise<unknown> {
  if (!identified) throw MalformedMessageError.because('has no UUID as its message_id');
  if (headers[UNREADABLE_HEADERS] === true) throw MalformedMessageError.because('has headers beyond reading');
  const payload = parse(content);
  if (!schema) return payload;
  const result = await schema['~standard'].validate(payload);
  if (result.issues) throw ValidationFailedError.of(result.issues.map(issueOf));
  return result.value;
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch (error) {
    throw MalformedMessageError.because('is no JSON', error);
  }
}

function issueOf({ path = [], message }: SchemaIssue): ValidationIssue {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  return { path: keys.map(String).join('.'), message };
}
