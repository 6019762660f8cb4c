import { AppError, Status, ValidationFailedError } from '@app/errors';
import type { JsonFault } from '@app/json';

/** A body that is refused because it cannot be read, or would change when it is read. */
export class BodyRefusedError extends AppError {
  /** Why a JSON text is refused, and at which path. */
  static of({ kind, path, message }: JsonFault): AppError {
    switch (kind) {
      case 'encoding':
      case 'syntax':
        return malformed(`The body cannot be read: it ${message}.`);
      case 'changed':
        return malformed(`The body cannot be kept as it is: ${path || 'the value'} ${message}.`, {
          issues: [{ path, message }],
        });
      case 'unstorable':
        return ValidationFailedError.of([{ path, message }]);
    }
  }

  static charset(charset: string): BodyRefusedError {
    return unsupported(`Bodies in the charset "${shorten(charset)}" are not read here. Send UTF-8.`);
  }

  static contentEncoding(encoding: string): BodyRefusedError {
    return unsupported(
      `Bodies in the content encoding "${shorten(encoding)}" are not read here. Send the body as it is.`,
    );
  }
}

function malformed(message: string, details?: Record<string, unknown>): BodyRefusedError {
  return new BodyRefusedError({
    reason: 'MALFORMED_BODY',
    status: Status.INVALID_ARGUMENT,
    message,
    ...(details && { details }),
  });
}

function unsupported(message: string): BodyRefusedError {
  return new BodyRefusedError({
    reason: 'UNSUPPORTED_MEDIA_TYPE',
    status: Status.UNSUPPORTED_MEDIA_TYPE,
    message,
  });
}

function shorten(text: string): string {
  return text.slice(0, 60);
}
