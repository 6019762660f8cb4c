import { InternalError } from '@app/errors';

/** The row of an INSERT … RETURNING, which gives one or fails. */
export function returnedRow<T>([row]: readonly T[]): T {
  if (row === undefined) throw InternalError.because(new Error('INSERT … RETURNING gave no row'));
  return row;
}
