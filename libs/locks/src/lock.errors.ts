import { AppError, Status } from '@app/errors';

export abstract class LockError extends AppError {}

/** Another holder has the lease. Writes with the old fencing token must not take effect. */
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

/** The lease ended during its holder's work: it was not renewed in time, or another holder took it. */
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

/** Others held the lock for the whole wait of the caller. */
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

/** Too many callers of this process wait for the lock already. */
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

/** A fence was checked outside a transaction, where the check protects nothing. An error in the code. */
export class FenceOutsideTransactionError extends LockError {
  static of(name: string): FenceOutsideTransactionError {
    return new FenceOutsideTransactionError({
      reason: 'INTERNAL',
      status: Status.INTERNAL,
      message: `The fence of ${name} was checked outside a transaction, where it protects nothing. Check it in the transaction of the effect.`,
    });
  }
}
