import {
  type AppError,
  DeadlineExceededError,
  type Outcome,
  OutcomeUnknownError,
  withoutOutcome,
} from '@app/errors';
import type { ServedMethod } from './served-method.js';

/**
 * The error of a call with the outcome of the whole call. What a handler throws may carry the outcome of one of its
 * steps: `refused` says nothing about the steps before it. A deadline that passes while a handler works leaves the
 * outcome unknown.
 */
export function withCallOutcome(error: AppError, method: ServedMethod, hasHandler: boolean): AppError {
  if (!mayHaveEffects(method)) return withoutOutcome(error);
  const outcome = deadlineOutcome(method, hasHandler);
  if (error.reason === 'DEADLINE_EXCEEDED' && error.outcome !== outcome && error.outcome !== 'unknown')
    return DeadlineExceededError.of(method.path, error, outcome);
  return hasHandler && error.outcome === 'refused' ? withoutOutcome(error) : error;
}

/** What a deadline that passes now leaves of the call. */
export function deadlineOutcome(method: ServedMethod, hasHandler: boolean): Outcome | undefined {
  if (!mayHaveEffects(method)) return undefined;
  return hasHandler ? 'unknown' : 'refused';
}

/** A handler was at work when the server gave up the call. */
export function outcomeUnknown(cause: AppError, method: ServedMethod): AppError {
  return mayHaveEffects(method) ? OutcomeUnknownError.of(method.path, cause) : withoutOutcome(cause);
}

function mayHaveEffects({ definition }: ServedMethod): boolean {
  return definition !== undefined && definition.idempotency !== 'no_side_effects';
}
