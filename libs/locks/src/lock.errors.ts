import { AppError, Status } from '@app/errors';

export abstract class LockError extends AppError {}

/** Somebody else holds the lease now; whatever was done under the old number must not take effect. */
export class FenceLostError extends LockError {
  static of(name: string, number: number): FenceLostError {
    return new FenceLostError({
      reason: 'FENCE_LOST',
      status: Status.ABORTED,
      logLevel: 'warn',
      message: `The lease ${name} is not held under fence ${number} any more. Stop; another holder has taken over.`,
      details: { name, fence: number },
    });
  }
}

/** The lease ended while its holder still worked: it could not be renewed in time, or was taken over. */
export class LeaseLostError extends LockError {
  static of(name: string, why: string): LeaseLostError {
    return new LeaseLostError({
      reason: 'LEASE_LOST',
      status: Status.ABORTED,
      logLevel: 'warn',
      message: `The lease ${name} was lost: ${why}. Stop what was done under it.`,
      details: { name },
    });
  }
}

/** Others held the lock for as long as the caller would wait. */
export class LockBusyError extends LockError {
  static of(name: string, waited: number): LockBusyError {
    return new LockBusyError({
      reason: 'LOCK_BUSY',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: `The lock ${name} was held by others for ${Math.round(waited)} ms. Try again later.`,
      details: { name },
    });
  }
}

/** So many wait for the lock already that another one would wait too long. */
export class LockQueueFullError extends LockError {
  static of(name: string, waiting: number): LockQueueFullError {
    return new LockQueueFullError({
      reason: 'QUEUE_FULL',
      status: Status.RESOURCE_EXHAUSTED,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: `${waiting} already wait for the lock ${name}. Try again later.`,
      details: { name },
    });
  }
}

/** A fence was checked where the check protects nothing. A mistake in the code. */
export class FenceOutsideTransactionError extends LockError {
  static of(name: string): FenceOutsideTransactionError {
    return new FenceOutsideTransactionError({
      reason: 'INTERNAL',
      status: Status.INTERNAL,
      message: `The fence of ${name} was checked outside a transaction, where it protects nothing. Check it in the transaction of the effect.`,
    });
  }
}
