import { InternalError } from '@app/errors';

/** The row of an `INSERT … RETURNING`, which returns exactly one row or fails. */
export function returnedRow<T>([row]: readonly T[]): T {
  if (row === undefined) throw InternalError.because(new Error('INSERT … RETURNING returned no row'));
  return row;
}
