import { execFile } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { APPS, type AppName } from '../../support/apps/app-process.js';
import { FULL } from '../../support/assertions/form.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { STACK_ADDRESSES } from '../../support/servers/stack-addresses.js';
import { startingApps } from '../starting-apps.js';

/** `bootstrap` checks the environment for every app in the same way. */
const NAMES = FULL ? APPS : (['worker'] as const);
const UNIMPLEMENTED = 12;
/** An empty variable counts as missing, and can override the test's own. */
const NOBODY_SAYS = { APP_ENV: '', NODE_ENV: '', ...STACK_ADDRESSES };

describe('an app without an environment', () => {
  const start = startingApps();

  it('is closed at the gateway: routes that are open in development require a token or are missing', async () => {
    const app = await (await start('gateway', NOBODY_SAYS)).ready();
    const paths = ['/ping', '/slow', '/panic', '/metrics', '/health/detail', '/api/v1/files/uploads/x'];
    const replies = await Promise.all(paths.map((path) => app.http.get(path)));
    const served = paths.filter((_, index) => ![401, 404, 405].includes(replies[index]?.status ?? 0));
    expect(served).toEqual([]);
    expect((await app.http.get('/health')).status).toBe(200);
    const message = { queue: 'task_queue', message: {} };
    expect((await app.http.post('/api/v1/message', message)).status).toBe(401);
    expect((await app.management.get('/config')).status).toBe(401);
  });

  it('has no reflection over gRPC', async () => {
    const app = await (await start('grpc-server', NOBODY_SAYS)).ready();
    const caller = new GrpcCaller(app.port);
    try {
      expect(await caller.reflect().ended).toMatchObject({ code: UNIMPLEMENTED });
    } finally {
      caller.close();
    }
  });

  it('reports the missing settings, and that it runs in production, when it is started by hand', async () => {
    const app = await start('worker', { APP_ENV: '' });
    expect(await app.exited).toEqual({ code: 78, signal: null });
    expect(app.log.text()).toMatch(
      /postgres\.url is missing.*\n(.*\n)*APP_ENV is not set.*APP_ENV=development/,
    );
  });
});

describe('an app in an unknown environment', () => {
  const start = startingApps();
  const PROBLEM = [
    'The configuration has a problem:',
    '  APP_ENV is "Production": expected development, test or production; did you mean production? (environment variable)',
    '',
  ].join('\n');

  it.each(NAMES)('does not start, and reports one problem: %s', async (name) => {
    const app = await start(name, { APP_ENV: 'Production' });
    expect(await app.exited).toEqual({ code: 78, signal: null });
    expect(app.log.text()).toBe(PROBLEM);
  });

  it('connects to no database', async () => {
    const { code, stderr } = await runCommand('worker', 'rollback', { APP_ENV: 'Production' });
    expect({ code, stderr }).toEqual({ code: 78, stderr: PROBLEM });
  });
});

function runCommand(app: AppName, command: string, env: Record<string, string>) {
  const options = { env: { ...process.env, NODE_OPTIONS: '', ...env } };
  return new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [`dist/apps/${app}/main.js`, command], options, (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}
