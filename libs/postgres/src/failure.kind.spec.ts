import { CancelledError, DeadlineExceededError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { FAILURE_CLASSES, failureKindOf } from './failure.kind.js';
import { CommitUnknownError, PoolExhaustedError, PostgresUnavailableError } from './postgres.errors.js';

const coded = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

describe('the kind of a failure of SQL', () => {
  it.each([
    ['a refused connection', coded('ECONNREFUSED'), 'unavailable'],
    ['a connection that breaks', new Error('Connection terminated unexpectedly'), 'unavailable'],
    ['a server that shuts down', coded('57P01'), 'unavailable'],
    ['a wrong password', coded('28P01'), 'unavailable'],
    ['an answer that is lost', PostgresUnavailableError.unanswered(coded('ECONNRESET')), 'unavailable'],
    ['a COMMIT whose answer is lost', CommitUnknownError.because(coded('ECONNRESET')), 'unavailable'],
    ['a standby', coded('25006'), 'read_only'],
    ['a pool without a free connection', PoolExhaustedError.after(100, undefined), 'pool_exhausted'],
    ['a statement that took too long', coded('57014'), 'timeout'],
    ['a deadline of ours', DeadlineExceededError.of('A database query'), 'timeout'],
    ['a caller who left', CancelledError.of('A database query'), 'cancelled'],
    ['a serialization failure', coded('40001'), 'conflict'],
    ['a lock that is taken', coded('55P03'), 'conflict'],
    ['a key that is taken', coded('23505'), 'constraint'],
    ['a check that fails', coded('23514'), 'constraint'],
    ['a number out of range', coded('22003'), 'data'],
    ['a full disk', coded('53100'), 'resources'],
    ['a statement that is too complex', coded('54001'), 'resources'],
    ['an unknown column', coded('42703'), 'statement'],
    ['a failed transaction that goes on', coded('25P02'), 'statement'],
    ['a failure of TypeORM', new QueryFailedError('SELECT', [], coded('42P01')), 'statement'],
    ['a code that nobody knows', coded('XX000'), 'other'],
    ['what is no error', 'oops', 'other'],
  ])('of %s', (_what, thrown, kind) => {
    expect(failureKindOf(thrown)).toBe(kind);
  });

  it('has a class, which alerts select by', () => {
    expect(new Set(Object.values(FAILURE_CLASSES))).toEqual(new Set(['unanswered', 'refused', 'expected']));
  });
});
