import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { startingApps } from '../starting-apps.js';

/** Throws an uncaught error on a signal that the app itself does not handle. */
const CRASH_ON_SIGUSR2 = `data:text/javascript,process.on('SIGUSR2', () => { throw new Error('a crash at redis://:hunter2@cache') })`;

/** The same with an unhandled rejection. */
const REJECT_ON_SIGUSR2 = `data:text/javascript,process.on('SIGUSR2', () => { void Promise.reject(new Error('nobody awaits me')) })`;

describe('the last lines of a process', () => {
  const start = startingApps();

  it('are written when it crashes, with all details of the crash but its secrets', async () => {
    const app = await (await start('gateway', { NODE_OPTIONS: `--import "${CRASH_ON_SIGUSR2}"` })).ready();
    app.signal('SIGUSR2');
    expect(await app.exited).toEqual({ code: 1, signal: null });
    const [crash] = app.log.errors();
    expect(crash).toMatchObject({ level: 'fatal', err: { message: 'a crash at redis://:********@cache' } });
    expect(app.log.text()).not.toContain('hunter2');
    expect(app.log.lines().at(-1)?.msg).toBe('stopped');
  });

  it('are written when it crashes during its stop, and the exit code is not 0', async () => {
    const env = { NODE_OPTIONS: `--import "${REJECT_ON_SIGUSR2}"`, APP__LIFECYCLE__DRAIN_WAIT: '2s' };
    const app = await (await start('gateway', env)).ready();
    app.signal('SIGTERM');
    await eventually(async () => expect((await app.management.get('/readyz')).text).toContain('draining'));
    app.signal('SIGUSR2');
    expect(await app.exited).toEqual({ code: 1, signal: null });
    expect(app.log.errors()).toMatchObject([{ level: 'fatal', err: { message: 'nobody awaits me' } }]);
    expect(app.log.lines().at(-1)?.msg).toBe('stopped');
  });
});
