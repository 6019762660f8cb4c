import { type AppError, Status } from '@app/errors';

/**
 * The result of a call with respect to its target. `failure`: the target is unhealthy. `answered`: the target worked,
 * even if it rejected the request. `unknown`: the call was rejected or cancelled before that could be seen.
 */
export type CallClassification = 'failure' | 'answered' | 'unknown';

/** Reasons of limiters, queues, breakers and stopping instances, on either side; they are no faults. */
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
 * Whether another attempt may succeed and is harmless. A target that rejects calls because of overload receives no
 * retry. The rejection of a stopping instance is retried, because another instance will take the call.
 */
export function isRetryable({ reason, retryable }: AppError): boolean {
  return retryable && (!REJECTIONS.has(reason) || reason === 'SHUTTING_DOWN');
}

/** Whether a fallback may be used: the call failed, but the request was neither invalid nor cancelled. */
export function isDegradable(error: AppError): boolean {
  if (error.status.grpc === Status.CANCELLED.grpc) return false;
  return classificationOf(error) !== 'answered' || error.countsAsFailure === false;
}
