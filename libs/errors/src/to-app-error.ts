import { AppError } from './app.error.js';
import { InternalError } from './common.errors.js';

/** Converts a thrown value to an {@link AppError}: an AppError stays as it is, anything else is wrapped as INTERNAL. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : InternalError.because(thrown);
}
