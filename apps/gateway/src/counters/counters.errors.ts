import type { IncrementFailure } from '@app/contracts';
import { AppError, Status } from '@app/errors';

/** One increment of a batch was refused; the others stand. */
export class IncrementRefusedError extends AppError {}

/** What the grpc-server said of one increment, as an error. */
export function incrementFailed(
  { reason, message }: IncrementFailure,
  details?: Record<string, unknown>,
): IncrementRefusedError {
  return new IncrementRefusedError({ reason, message, status: Status.ABORTED, logLevel: 'debug', details });
}
