import { describe, expect, it } from '@jest/globals';
import { ClosingClient } from './closing-client.js';

describe('a client of PostgreSQL', () => {
  it('does not end the process when its server ends the session between two statements', () => {
    const client = new ClosingClient();
    expect(client.emit('error', new Error('terminating connection due to administrator command'))).toBe(true);
  });
});
