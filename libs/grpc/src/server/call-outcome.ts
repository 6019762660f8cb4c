import {
  type AppError,
  DeadlineExceededError,
  type Outcome,
  OutcomeUnknownError,
  withoutOutcome,
} from '@app/errors';
import type { ServedMethod } from './served-method.js';

/**
 * Sets the outcome of the whole call on its error. An error that a handler throws may carry the outcome of one step:
 * `refused` says nothing about the earlier steps. The outcome is unknown when the deadline passes while a handler runs.
 */
export function withCallOutcome(error: AppError, method: ServedMethod, hasHandler: boolean): AppError {
  if (!mayHaveEffects(method)) return withoutOutcome(error);
  const outcome = deadlineOutcome(method, hasHandler);
  if (error.reason === 'DEADLINE_EXCEEDED' && error.outcome !== outcome && error.outcome !== 'unknown')
    return DeadlineExceededError.of(method.path, error, outcome);
  return hasHandler && error.outcome === 'refused' ? withoutOutcome(error) : error;
}

/** The outcome of the call if its deadline passes now. */
export function deadlineOutcome(method: ServedMethod, hasHandler: boolean): Outcome | undefined {
  if (!mayHaveEffects(method)) return undefined;
  return hasHandler ? 'unknown' : 'refused';
}

/** The error of a call that the server gave up while its handler was running. */
export function outcomeUnknown(cause: AppError, method: ServedMethod): AppError {
  return mayHaveEffects(method) ? OutcomeUnknownError.of(method.path, cause) : withoutOutcome(cause);
}

function mayHaveEffects({ definition }: ServedMethod): boolean {
  return definition !== undefined && definition.idempotency !== 'no_side_effects';
}
