import { DeadlineExceededError, ValidationFailedError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
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
    const refused = failedQuery(withCode('23505', 'duplicate key'));
    expect(translateError(refused)).toBe(refused);
  });

  it('is told apart from errors of the house, which stay what they are', () => {
    const error = ValidationFailedError.of([]);
    expect(translateError(error)).toBe(error);
    expect(translateError(undefined)).toBeUndefined();
  });
});
