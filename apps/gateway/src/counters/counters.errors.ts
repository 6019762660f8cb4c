import type { IncrementFailure, IncrementOutcome } from '@app/contracts';
import { AppError, InternalError, Status, statusOfGrpcCode } from '@app/errors';

/** The delay after which a refused increment may be sent again, in milliseconds. */
const RETRY_AFTER_MS = 1000;

/** One increment of a batch failed; the others are not affected. */
export class IncrementFailedError extends AppError {
  /** Converts the failure of one increment to the error that a separate call would have had. */
  static of(
    { reason, message, code, newKeysFrom }: IncrementFailure,
    details?: Record<string, unknown>,
  ): IncrementFailedError {
    const status = reason === 'IDEMPOTENCY_KEY_REUSED' ? Status.UNPROCESSABLE : statusOfGrpcCode(code);
    const unavailable = status === Status.UNAVAILABLE;
    return new IncrementFailedError({
      reason,
      message,
      status,
      // The grpc-server has logged it at its own level.
      logLevel: 'debug',
      details: newKeysFrom ? { ...details, new_keys_from: newKeysFrom.toISOString() } : details,
      retryable: unavailable,
      ...(unavailable && { retryAfterMs: RETRY_AFTER_MS }),
    });
  }
}

/** The error of an outcome without a counter. */
export function failureOf(
  outcome: IncrementOutcome | undefined,
  details?: Record<string, unknown>,
): AppError {
  if (outcome?.outcome?.$case === 'failure') return IncrementFailedError.of(outcome.outcome.value, details);
  return InternalError.because(new Error('an increment has no outcome'));
}
