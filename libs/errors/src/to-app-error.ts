import { AppError } from './app.error.js';
import { InternalError } from './common.errors.js';

/** Whatever was thrown, as an {@link AppError}: one of ours as it is, anything else wrapped as INTERNAL. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : InternalError.because(thrown);
}
