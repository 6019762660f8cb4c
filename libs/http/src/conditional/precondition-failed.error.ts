import { AppError, Status } from '@app/errors';

/** The resource is not in the state that the client's condition requires. The request had no effect. */
export class PreconditionFailedError extends AppError {
  static of(header: string): PreconditionFailedError {
    return new PreconditionFailedError({
      reason: 'PRECONDITION_FAILED',
      status: Status.FAILED_PRECONDITION,
      message: `${header} does not hold. Read the resource again, and send its ETag or Last-Modified as it came.`,
      details: { header: header.toLowerCase() },
    });
  }
}
