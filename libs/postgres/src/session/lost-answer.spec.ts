import { describe, expect, it } from '@jest/globals';
import { CommitUnknownError, PostgresUnavailableError } from '../postgres.errors.js';
import { lostAnswer } from './lost-answer.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });
const LOST = new Error('Connection terminated unexpectedly');
const INSERT = 'INSERT INTO entry VALUES (1)';

/** The statement, the session's state before it, its failure, and whether it may have taken effect. */
const CASES = [
  ['COMMIT', 'T', LOST, CommitUnknownError],
  ['COMMIT', 'T', withCode('57P01'), CommitUnknownError],
  ['COMMIT', 'T', withCode('ECONNRESET'), CommitUnknownError],
  [INSERT, 'I', LOST, PostgresUnavailableError],
  ['WITH gone AS (DELETE FROM entry) SELECT 1', 'I', LOST, PostgresUnavailableError],
  // The transaction ends with the session.
  [INSERT, 'T', LOST, undefined],
  ['SELECT 1', 'I', LOST, undefined],
  ['START TRANSACTION', 'I', LOST, undefined],
  // The server has replied, or nothing was sent.
  ['COMMIT', 'T', withCode('40001'), undefined],
  ['COMMIT', 'T', withCode('53100'), undefined],
  [INSERT, 'I', withCode('23505'), undefined],
  [INSERT, 'I', withCode('57014'), undefined],
  [INSERT, 'I', new Error('Client has encountered a connection error and is not queryable'), undefined],
] as const;

describe('a statement without a reply', () => {
  it.each(CASES)('%s in the state %s after %s', (sql, status, error, expected) => {
    expect(lostAnswer(sql, status, error)?.constructor).toBe(expected);
  });

  it('is reported as of unknown outcome', () => {
    for (const sql of ['COMMIT', INSERT])
      expect(lostAnswer(sql, 'I', LOST)).toMatchObject({
        reason: 'OUTCOME_UNKNOWN',
        status: { http: 503, grpc: 14 },
        details: { upstream: 'postgres', outcome: 'unknown' },
      });
    expect(lostAnswer('COMMIT', 'T', LOST)?.retryable).toBe(false);
    expect(lostAnswer(INSERT, 'I', LOST)?.retryable).toBe(true);
  });
});
