import type { AppError } from './app.error.js';
import { Status } from './status.js';
import { toAppError } from './to-app-error.js';

/**
 * The error to report of work that was repeated and failed again. An earlier attempt that may have taken effect has
 * priority over a later one that was refused, but not over an answer: the target gives the same answer to a repeated
 * request.
 *
 * @param uncertain the error of the earlier attempt, of unknown outcome
 * @param last what the last attempt threw
 */
export function errorOfRepeated(uncertain: AppError, last: unknown): unknown {
  const { status, outcome } = toAppError(last);
  const isAnswer = status.http < 500 && status.http !== Status.RESOURCE_EXHAUSTED.http;
  return isAnswer || outcome === 'unknown' ? last : uncertain;
}
