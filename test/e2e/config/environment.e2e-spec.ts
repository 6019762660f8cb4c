import { execFile } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { APPS, type AppName } from '../../support/apps/app-process.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { STACK_ADDRESSES } from '../../support/servers/stack-addresses.js';
import { startingApps } from '../starting-apps.js';

const UNIMPLEMENTED = 12;
/** An empty variable says as little as a missing one, and can be laid over the one of the test. */
const NOBODY_SAYS = { APP_ENV: '', NODE_ENV: '', ...STACK_ADDRESSES };

describe('an app to which nobody says its environment', () => {
  const start = startingApps();

  it('is closed at the gateway: what is open in development asks for a token or is not there', async () => {
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

  it('tells nobody over gRPC what it serves', async () => {
    const app = await (await start('grpc-server', NOBODY_SAYS)).ready();
    const caller = new GrpcCaller(app.port);
    try {
      expect(await caller.reflect().ended).toMatchObject({ code: UNIMPLEMENTED });
    } finally {
      caller.close();
    }
  });

  it('says what is missing, and that it is in production, when a developer starts it by hand', async () => {
    const app = await start('worker', { APP_ENV: '' });
    expect(await app.exited).toEqual({ code: 78, signal: null });
    expect(app.log.text()).toMatch(
      /postgres\.url is missing.*\n(.*\n)*APP_ENV is not set.*APP_ENV=development/,
    );
  });
});

describe('an app in an environment that nobody knows', () => {
  const start = startingApps();
  const PROBLEM = [
    'The configuration has a problem:',
    '  APP_ENV is "Production": expected development, test or production; did you mean production? (environment variable)',
    '',
  ].join('\n');

  it.each(APPS)('%s does not start, and says so in one problem', async (name) => {
    const app = await start(name, { APP_ENV: 'Production' });
    expect(await app.exited).toEqual({ code: 78, signal: null });
    expect(app.log.text()).toBe(PROBLEM);
  });

  it('touches no database', async () => {
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
