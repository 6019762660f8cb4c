import { describe, expect, it } from '@jest/globals';
import { failingChecks } from './failing-checks.ts';

describe('the reply of /readyz', () => {
  it('is shown as a line with the message of each failing check', () => {
    const checks = {
      postgres: { status: 'down', needed: true, message: 'connect ECONNREFUSED 127.0.0.1:15432' },
      redis: { status: 'up', needed: true },
      s3: { status: 'down', needed: false },
    };
    expect(failingChecks(JSON.stringify({ ready: false, state: 'starting', checks }))).toEqual([
      'state: starting',
      'postgres: down, connect ECONNREFUSED 127.0.0.1:15432',
      's3: down (not needed)',
    ]);
  });

  it('is shown unchanged when another program listens on that port', () => {
    expect(failingChecks('<html>')).toEqual(['/readyz: <html>']);
  });
});
