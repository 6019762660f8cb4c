import { AppError } from './app.error.js';

/** Messages without advice about an outcome. */
const MESSAGES: Readonly<Record<string, string>> = {
  OUTCOME_UNKNOWN: 'A service that this request needs did not answer. Try again shortly.',
  DEADLINE_EXCEEDED: 'The request did not finish before its deadline.',
};

/**
 * The same error without an outcome: for a request that changes nothing, or when the outcome of one step is not the
 * outcome of the whole request. An OUTCOME_UNKNOWN becomes an UPSTREAM_UNAVAILABLE.
 */
export function withoutOutcome(error: AppError): AppError {
  if (error.outcome === undefined) return error;
  const { outcome: _outcome, ...details } = error.details ?? {};
  const { reason, status, logLevel, retryable, countsAsFailure, retryAfterMs, message, cause } = error;
  return new AppError({
    reason: reason === 'OUTCOME_UNKNOWN' ? 'UPSTREAM_UNAVAILABLE' : reason,
    message: MESSAGES[reason] ?? message,
    status,
    logLevel,
    retryable,
    countsAsFailure,
    retryAfterMs,
    cause,
    details,
  });
}
