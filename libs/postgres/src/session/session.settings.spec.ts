import { describe, expect, it } from '@jest/globals';
import { sessionOptions } from './session.settings.js';

describe('the settings of a session', () => {
  it('are the search path and the time limits of statements and of idle transactions', () => {
    const settings = {
      schema: 'worker',
      statementTimeout: 30_000,
      idleInTransactionTimeout: 20_000,
      directUrl: undefined,
    };
    expect(sessionOptions(settings)).toBe(
      '-c search_path=worker -c statement_timeout=30000 -c idle_in_transaction_session_timeout=20000',
    );
  });
});
