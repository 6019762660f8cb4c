import { AppError, Status } from '@app/errors';

/** A call that our own side did not make, to protect the other side or ourselves. */
export abstract class ResilienceError extends AppError {}

/** The target failed too often lately and is left in peace for a moment. */
export class CircuitOpenError extends ResilienceError {
  /** @param retryAfterMs until the next trial, in milliseconds */
  static of(target: string, retryAfterMs: number): CircuitOpenError {
    return new CircuitOpenError({
      reason: 'CIRCUIT_OPEN',
      status: Status.UNAVAILABLE,
      // Every refused call would say it; the opening of the circuit is logged once.
      logLevel: 'silent',
      retryable: true,
      retryAfterMs,
      outcome: 'refused',
      message: `${target} has failed too often lately and is not called for a moment. Try again shortly.`,
      details: { target },
    });
  }
}

/** No place to work in and none to wait in. */
export class BulkheadFullError extends ResilienceError {
  /** There is no queue, and every place is taken: 503. */
  static overloaded(target: string): BulkheadFullError {
    return BulkheadFullError.because('OVERLOADED', Status.UNAVAILABLE, target, 'are under way already');
  }

  /** Every place is taken, and so is every place in the queue: 429. */
  static queueFull(target: string): BulkheadFullError {
    return BulkheadFullError.because('QUEUE_FULL', Status.RESOURCE_EXHAUSTED, target, 'wait already');
  }

  /** A place did not become free in time: 503. */
  static queueTimeout(target: string): BulkheadFullError {
    return BulkheadFullError.because('QUEUE_TIMEOUT', Status.UNAVAILABLE, target, 'were under way meanwhile');
  }

  private static because(reason: string, status: Status, target: string, what: string): BulkheadFullError {
    return new BulkheadFullError({
      reason,
      status,
      logLevel: 'debug',
      retryable: true,
      retryAfterMs: 1000,
      outcome: 'refused',
      message: `As many calls to ${target} as are allowed ${what}. Try again shortly.`,
      details: { target },
    });
  }
}
