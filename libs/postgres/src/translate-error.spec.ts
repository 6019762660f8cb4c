import { AppError, DeadlineExceededError, ValidationFailedError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { DataError } from './data.errors.js';
import {
  PostgresUnavailableError,
  TransactionConflictError,
  TransactionFailedError,
} from './postgres.errors.js';
import { translateError } from './translate-error.js';

const withCode = (code: string, message = 'failed') => Object.assign(new Error(message), { code });
const failedQuery = (error: Error) => new QueryFailedError('SELECT 1', [], error);

/** Errors of a database that can serve nobody: the code, its meaning, and the message of the server. */
const OUTAGES = [
  ['ECONNREFUSED', 'nobody listens'],
  ['ECONNRESET', 'the connection was reset'],
  ['ENOTFOUND', 'the name has no address'],
  ['08000', 'connection_exception'],
  ['08006', 'connection_failure'],
  ['08P01', 'protocol_violation'],
  ['53100', 'disk_full'],
  ['53200', 'out_of_memory'],
  ['53300', 'too_many_connections'],
  ['57P01', 'admin_shutdown'],
  ['57P02', 'crash_shutdown'],
  ['57P03', 'cannot_connect_now'],
  ['57P05', 'idle_session_timeout'],
  ['58030', 'io_error'],
  ['25006', 'read_only_sql_transaction', 'cannot execute INSERT in a read-only transaction'],
  ['0A000', 'a standby', 'cannot use serializable mode in a hot standby'],
  ['0A000', 'a standby', 'cannot set transaction read-write mode during recovery'],
  ['55000', 'a standby', 'recovery is in progress'],
  ['28P01', 'invalid_password'],
  ['28000', 'invalid_authorization_specification'],
  ['3D000', 'invalid_catalog_name'],
] as const;

/** Errors about a statement: the database serves other statements as before. */
const REFUSALS = [
  ['0A000', 'cannot insert multiple commands into a prepared statement'],
  ['22P02', 'invalid input syntax for type integer'],
  ['23505', 'duplicate key'],
  ['42501', 'permission denied for table'],
  ['42601', 'syntax error'],
  ['42P01', 'relation does not exist'],
  ['54000', 'statement too complex'],
  ['55000', 'cannot delete from view'],
  ['55P03', 'lock not available'],
] as const;

describe('a failure of the driver', () => {
  it.each(OUTAGES)(
    'with code %s (%s) is an outage: 503, retryable',
    (code, meaning, says: string = meaning) => {
      for (const thrown of [withCode(code, says), failedQuery(withCode(code, says))]) {
        expect(translateError(thrown)).toBeInstanceOf(PostgresUnavailableError);
        expect(translateError(thrown)).toMatchObject({
          reason: 'UPSTREAM_UNAVAILABLE',
          status: { http: 503 },
          retryable: true,
          retryAfterMs: 1000,
        });
      }
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
    'with the message "%s" is an outage',
    (message) => {
      expect(translateError(new Error(message))).toBeInstanceOf(PostgresUnavailableError);
    },
  );

  it.each(REFUSALS)('with code %s (%s) is no outage', (code, message) => {
    const meaning = translateError(failedQuery(withCode(code, message)));
    expect(meaning).not.toBeInstanceOf(PostgresUnavailableError);
    expect(meaning instanceof AppError && meaning.retryable).toBe(false);
  });

  it.each([
    ['57014', DeadlineExceededError],
    ['40001', TransactionConflictError],
    ['40P01', TransactionConflictError],
    ['25P02', TransactionFailedError],
  ] as const)('with code %s is a %p', (code, family) => {
    expect(translateError(failedQuery(withCode(code)))).toBeInstanceOf(family);
  });

  it('about a wrong statement is returned unchanged', () => {
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
  ])('with code %s is about the data: %s, not retryable', (code, reason, status) => {
    for (const thrown of [withCode(code), failedQuery(withCode(code))]) {
      const error = translateError(thrown);
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject({ sqlState: code, reason, status: { http: status }, retryable: false });
      expect((error as Error).message).not.toContain('SELECT');
    }
  });

  it('is distinguished from errors of the project, which are returned unchanged', () => {
    const error = ValidationFailedError.of([]);
    expect(translateError(error)).toBe(error);
    expect(translateError(undefined)).toBeUndefined();
  });
});
