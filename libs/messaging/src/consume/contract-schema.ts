import { type MessageCodec, type Validator, violationCount } from '@app/contracts';
import type { StandardSchema } from './standard-schema.js';

/**
 * The schema of an event that a proto file defines, for `@Consume({ schema })`. It reads the JSON and checks the
 * validation rules of the proto file. Write such an event with the codec's `toJSON`.
 */
export function contractSchema<Message>(
  codec: MessageCodec<Message>,
  validate: Validator<Message>,
): StandardSchema<Message> {
  return {
    '~standard': {
      validate: (value) => {
        if (typeof value !== 'object' || value === null)
          return { issues: [{ message: `must be a ${codec.$type}` }] };
        const message = read(codec, value);
        if (message === undefined) return { issues: [{ message: `cannot be read as a ${codec.$type}` }] };
        const violations = validate(message);
        if (violations.length === 0) return { value: message };
        const issues = violations.map(({ path, message: text }) => ({ path: [path], message: text }));
        return { issues, issueCount: violationCount(violations) };
      },
    },
  };
}

function read<Message>(codec: MessageCodec<Message>, value: unknown): Message | undefined {
  try {
    return codec.fromJSON(value);
  } catch {
    return undefined;
  }
}
