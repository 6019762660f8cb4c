import { deadlineIn, RequestContext } from '@app/context';
import { describe, expect, it } from '@jest/globals';
import { limitOf } from './statement.limit.js';

const STATEMENT_TIMEOUT_MS = 2_000;
/** Half a second for the reply of the server, which has the same time limit. */
const LONGEST_MS = 2_500;

const within = (ms: number) =>
  new RequestContext({ entry: 'http', operation: 'test', deadline: deadlineIn(ms) });

describe('the time limit of a statement', () => {
  it('is `statement_timeout` without a context', () => {
    expect(limitOf('SELECT 1', undefined, STATEMENT_TIMEOUT_MS)).toMatchObject({
      ms: LONGEST_MS,
      cancellable: true,
    });
    expect(limitOf('SELECT 1', undefined, 0).ms).toBe(Infinity);
  });

  it('is the deadline of its context, if that is sooner', () => {
    expect(limitOf('SELECT 1', within(100), STATEMENT_TIMEOUT_MS).ms).toBeLessThanOrEqual(100);
    expect(limitOf('SELECT 1', within(60_000), STATEMENT_TIMEOUT_MS).ms).toBe(LONGEST_MS);
  });

  it('of a COMMIT or ROLLBACK never ends with a cancel request', () => {
    for (const sql of ['COMMIT', 'ROLLBACK'])
      expect(limitOf(sql, within(100), STATEMENT_TIMEOUT_MS)).toMatchObject({
        signal: undefined,
        cancellable: false,
      });
  });
});
