import type { IncrementFailure, IncrementOutcome } from '@app/contracts';
import { AppError, InternalError, Status, statusOfGrpcCode } from '@app/errors';

/** When an increment that a server could not take now may be sent again, in milliseconds. */
const RETRY_AFTER_MS = 1000;

/** One increment of a batch failed; the others stand. */
export class IncrementFailedError extends AppError {
  /** What the grpc-server said of one increment, as the error that a call of its own would have had. */
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
      // Whoever raised it has logged it as loud as it is.
      logLevel: 'debug',
      details: newKeysFrom ? { ...details, new_keys_from: newKeysFrom.toISOString() } : details,
      retryable: unavailable,
      ...(unavailable && { retryAfterMs: RETRY_AFTER_MS }),
    });
  }
}

/** Why an outcome has no counter. */
export function failureOf(
  outcome: IncrementOutcome | undefined,
  details?: Record<string, unknown>,
): AppError {
  if (outcome?.outcome?.$case === 'failure') return IncrementFailedError.of(outcome.outcome.value, details);
  return InternalError.because(new Error('an increment has no outcome'));
}
