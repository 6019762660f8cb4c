import { afterAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, startApp } from '../support/apps/app-process.js';
import { eventually } from '../support/assertions/eventually.js';
import { othersMayRunNode } from '../support/apps/others-may-run-node.js';

const WITHOUT_ACCOUNT = 12_345;

describe('an app that runs with a user id without an account and a home folder', () => {
  let gateway: AppProcess | undefined;

  afterAll(() => gateway?.signal('SIGKILL'));

  // The S3 client looks for files in the home folder.
  it('is ready and reaches the file storage', async () => {
    const user = othersMayRunNode() ? { user: WITHOUT_ACCOUNT } : {};
    gateway = await startApp('gateway', { ...user, env: { HOME: undefined } });
    const { management } = await gateway.ready();
    await eventually(async () => {
      const reply = await management.get('/readyz');
      expect(reply.json()).toMatchObject({ checks: { s3: { status: 'up' } } });
    });
  });
});
