import { DeadlineExceededError, ValidationFailedError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { DataError } from './data.errors.js';
import { PostgresUnavailableError } from './postgres.errors.js';
import { translateError } from './translate-error.js';

const withCode = (code: string, message = 'failed') => Object.assign(new Error(message), { code });
const failedQuery = (error: Error) => new QueryFailedError('SELECT 1', [], error);

describe('a failure of the driver', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', '57P01', '57P03', '08006', '53300'])(
    'with code %s is an absent database',
    (code) => {
      expect(translateError(withCode(code))).toBeInstanceOf(PostgresUnavailableError);
      expect(translateError(failedQuery(withCode(code)))).toBeInstanceOf(PostgresUnavailableError);
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
    'saying "%s" is an absent database',
    (message) => {
      expect(translateError(new Error(message))).toBeInstanceOf(PostgresUnavailableError);
    },
  );

  it('that cancelled a statement is a deadline', () => {
    expect(translateError(failedQuery(withCode('57014')))).toBeInstanceOf(DeadlineExceededError);
  });

  it('that refused a statement stays what it is', () => {
    const refused = failedQuery(withCode('42703', 'column does not exist'));
    expect(translateError(refused)).toBe(refused);
  });

  it.each([
    ['23505', 'CONFLICT', 409],
    ['23503', 'CONFLICT', 409],
    ['23001', 'CONFLICT', 409],
    ['23P01', 'CONFLICT', 409],
    ['23502', 'DATA_REFUSED', 400],
    ['23514', 'DATA_REFUSED', 400],
    ['22021', 'DATA_REFUSED', 400],
    ['22P05', 'DATA_REFUSED', 400],
    ['22003', 'DATA_REFUSED', 400],
    ['22001', 'DATA_REFUSED', 400],
    ['54000', 'DATA_REFUSED', 400],
    ['54001', 'DATA_REFUSED', 400],
  ])('with code %s speaks of the data: %s, which nobody tries again', (code, reason, status) => {
    for (const thrown of [withCode(code), failedQuery(withCode(code))]) {
      const error = translateError(thrown);
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject({ sqlState: code, reason, status: { http: status }, retryable: false });
      expect((error as Error).message).not.toContain('SELECT');
    }
  });

  it('is told apart from errors of the house, which stay what they are', () => {
    const error = ValidationFailedError.of([]);
    expect(translateError(error)).toBe(error);
    expect(translateError(undefined)).toBeUndefined();
  });
});
