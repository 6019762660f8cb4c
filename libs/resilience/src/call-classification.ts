import { type AppError, Status } from '@app/errors';

/**
 * What the end of a call says about its target: `failure`, it is not well; `answered`, it did its part, if only
 * to refuse the caller's request; `unknown`, the call was refused or given up before that could be seen.
 */
export type CallClassification = 'failure' | 'answered' | 'unknown';

/** Reasons of limiters, queues, breakers and stopping instances, on this side or the other: nothing is broken. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'QUEUE_FULL',
  'QUEUE_TIMEOUT',
  'OVERLOADED',
  'CIRCUIT_OPEN',
  'SHUTTING_DOWN',
]);

const FAILURES: ReadonlySet<number> = new Set([
  Status.UNAVAILABLE.grpc,
  Status.DEADLINE_EXCEEDED.grpc,
  Status.INTERNAL.grpc,
]);

export function classificationOf({ reason, status, countsAsFailure }: AppError): CallClassification {
  if (REJECTIONS.has(reason) || status.grpc === Status.CANCELLED.grpc) return 'unknown';
  const isFailure = countsAsFailure ?? FAILURES.has(status.grpc);
  return isFailure && status.http >= 500 ? 'failure' : 'answered';
}

/**
 * Whether another attempt may succeed and harms nobody. Who refuses calls because it has too many is not sent
 * more of them; an instance that is stopping is, since another one will take the call.
 */
export function isRetryable({ reason, retryable }: AppError): boolean {
  return retryable && (!REJECTIONS.has(reason) || reason === 'SHUTTING_DOWN');
}

/** Whether a fallback may stand in: the call could not be done; it was neither refused as wrong nor given up. */
export function isDegradable(error: AppError): boolean {
  if (error.status.grpc === Status.CANCELLED.grpc) return false;
  return classificationOf(error) !== 'answered' || error.countsAsFailure === false;
}
