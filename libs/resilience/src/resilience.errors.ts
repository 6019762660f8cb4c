import { AppError, Status } from '@app/errors';

/** A call that was not made, to protect the target or this app. */
export abstract class ResilienceError extends AppError {}

/** The target failed too often recently and is not called for a short time. */
export class CircuitOpenError extends ResilienceError {
  /** @param retryAfterMs until the next trial, in milliseconds */
  static of(target: string, retryAfterMs: number): CircuitOpenError {
    return new CircuitOpenError({
      reason: 'CIRCUIT_OPEN',
      status: Status.UNAVAILABLE,
      // The opening of the circuit is logged once, not every rejected call.
      logLevel: 'silent',
      retryable: true,
      retryAfterMs,
      outcome: 'refused',
      message: `${target} has failed too often recently and is not called for a short time. Try again shortly.`,
      details: { target },
    });
  }
}

/** The bulkhead and its queue are full. */
export class BulkheadFullError extends ResilienceError {
  /** The bulkhead is full, and there is no queue: 503. */
  static overloaded(target: string): BulkheadFullError {
    return BulkheadFullError.because('OVERLOADED', Status.UNAVAILABLE, target, 'too many calls are running');
  }

  /** The bulkhead and its queue are full: 429. */
  static queueFull(target: string): BulkheadFullError {
    return BulkheadFullError.because(
      'QUEUE_FULL',
      Status.RESOURCE_EXHAUSTED,
      target,
      'too many calls are waiting',
    );
  }

  /** The call waited too long in the queue: 503. */
  static queueTimeout(target: string): BulkheadFullError {
    return BulkheadFullError.because('QUEUE_TIMEOUT', Status.UNAVAILABLE, target, 'the call waited too long');
  }

  private static because(reason: string, status: Status, target: string, what: string): BulkheadFullError {
    return new BulkheadFullError({
      reason,
      status,
      logLevel: 'debug',
      retryable: true,
      retryAfterMs: 1000,
      outcome: 'refused',
      message: `The limit of concurrent calls to ${target} is reached: ${what}. Try again shortly.`,
      details: { target },
    });
  }
}
