import { describe, expect, it } from '@jest/globals';
import { APPS, launch, startApp } from '../support/apps/app-process.js';
import { eventually } from '../support/assertions/eventually.js';
import { FULL } from '../support/assertions/form.js';
import { freePort } from '../support/network/free-port.js';
import { MetricsPage } from '../support/assertions/metrics-page.js';
import { runningSystem } from '../support/apps/running-system.js';
import { LightLoad } from './light-load.js';
import { startingApps } from './starting-apps.js';

const PHASES = ['stopIntake', 'drain', 'flush', 'close'];
/** Processes start and stop during these conditions, which is slow on a busy machine. */
const PATIENTLY = { within: 30_000 };
/** The four apps share what starts and stops them. */
const NAMES = FULL ? APPS : (['gateway'] as const);
const SECOND_SIGNALS = [
  ['gateway', 'SIGTERM', 143],
  ['gateway', 'SIGINT', 130],
  ['grpc-server', 'SIGTERM', 143],
  ['cron-server', 'SIGINT', 130],
  ['worker', 'SIGTERM', 143],
] as const;
const NOBODY = 'postgres://ganymede:hunter2@127.0.0.1:9/ganymede';

describe('an app that receives a stop signal', () => {
  const start = startingApps();

  it.each(NAMES)('%s goes through every phase once, in order, and exits with 0', async (name) => {
    const app = await (await start(name)).ready();
    app.signal('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    const phases = app.log.lines().flatMap(({ phase }) => (phase === undefined ? [] : [phase]));
    expect(phases).toEqual(PHASES);
    expect(app.log.lines().at(-1)?.msg).toBe('stopped');
    expect(app.log.errors()).toEqual([]);
  });

  it('the gateway answers every request that has reached it, even when it takes longer than the wait', async () => {
    const app = await (await start('gateway', { APP__LIFECYCLE__DRAIN_WAIT: '200ms' })).ready();
    const short = new LightLoad(8, (agent) => app.http.get('/health', { agent }));
    const long = Array.from({ length: 4 }, () => app.http.get('/slow?ms=1500'));
    await eventually(async () => {
      expect(short.succeeded).toBeGreaterThan(50);
      const metrics = new MetricsPage((await app.management.get('/metrics')).text);
      expect(metrics.sum('http_inflight_requests')).toBeGreaterThanOrEqual(4);
    }, PATIENTLY);
    app.signal('SIGTERM');
    const { broken, refusals } = await short.ended();
    expect({ broken, refusals }).toEqual({ broken: [], refusals: [] });
    for (const { status, text } of await Promise.all(long)) {
      expect({ status, text }).toEqual({ status: 200, text: '{"waited_ms":1500}' });
    }
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.log.errors()).toEqual([]);
  });

  it('the gateway is not ready at once, but still serves, and closes connections after replies', async () => {
    const app = await (await start('gateway', { APP__LIFECYCLE__DRAIN_WAIT: '2s' })).ready();
    app.signal('SIGTERM');
    await eventually(async () => {
      const { status, text } = await app.management.get('/readyz');
      expect({ status, draining: text.includes('"draining"') }).toEqual({ status: 503, draining: true });
    });
    expect((await app.management.get('/livez')).status).toBe(200);
    const reply = await app.http.get('/health', { headers: { connection: 'keep-alive' } });
    expect(reply.status).toBe(200);
    expect(reply.headers.connection).toBe('close');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });

  it.each(FULL ? SECOND_SIGNALS : SECOND_SIGNALS.slice(0, 1))(
    '%s ends at once by a second %s, which is in its last line',
    async (name, signal, code) => {
      const app = await (await start(name, { APP__LIFECYCLE__DRAIN_WAIT: '20s' })).ready();
      app.signal(signal);
      await eventually(
        async () => expect((await app.management.get('/readyz')).text).toContain('draining'),
        PATIENTLY,
      );
      // An immediate second signal counts as an echo of the first, so the test repeats it.
      await eventually(
        () => {
          app.signal(signal);
          expect(app.hasExited).toBe(true);
        },
        { ...PATIENTLY, every: 100 },
      );
      expect(await app.exited).toEqual({ code, signal: null });
      expect(app.log.lines().at(-1)?.msg).toContain(`second ${signal}`);
    },
  );

  it('stops cleanly even while it still waits for a required server', async () => {
    const app = await start('grpc-server', { APP__POSTGRES__URL: NOBODY });
    await eventually(
      () => expect(app.log.text()).toMatch(/PostgreSQL at \S+ fails and is retried/),
      PATIENTLY,
    );
    app.signal('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });
});

describe('an app that cannot start', () => {
  // In the short form the spec of mistakes has the representative.
  (FULL ? describe : describe.skip)('for its configuration', () => {
    it.each(APPS)('%s exits with 78 and names every problem of its configuration at once', async (name) => {
      const app = await startApp(name, {
        env: {
          APP__MANAGEMENT__PORT: 'high',
          APP__LOGGING__LEVEL: 'loud',
          APP__LIFECYCLE__DRAIN_WAIT: '5',
          APP__LIFECYCLE__DRAIN_WIAT: '5s',
          APP__LOGING__LEVEL: 'info',
        },
      });
      expect(await app.exited).toEqual({ code: 78, signal: null });
      const text = app.log.text();
      expect(text).toMatch(/has 5 problems/);
      expect(text).toMatch(
        /management\.port is "high": expected .*number.* \(environment variable APP__MANAGEMENT__PORT\)/,
      );
      expect(text).toMatch(/logging\.level is "loud": expected .*"info"/);
      expect(text).toMatch(/lifecycle\.drain_wait is "5": expected a duration with its unit/);
      expect(text).toMatch(/lifecycle\.drain_wiat .*did you mean drain_wait\?/);
      expect(text).toMatch(/loging .*did you mean logging\?/);
      expect(text).not.toMatch(/\n\s+at /);
    });

    it('never prints a secret among the problems', async () => {
      const app = await startApp('grpc-server', {
        env: { APP__POSTGRES__URL: 'mysql://ganymede:hunter2@127.0.0.1/x' },
      });
      expect(await app.exited).toEqual({ code: 78, signal: null });
      expect(app.log.text()).toMatch(/postgres\.url is \*{8}: expected an address such as postgres/);
      expect(app.log.text()).not.toContain('hunter2');
    });
  });

  it('names the port that another process holds', async () => {
    const { port } = runningSystem().apps.gateway;
    const app = launch('gateway', { port, managementPort: await freePort() });
    expect(await app.exited).toEqual({ code: 1, signal: null });
    expect(app.log.text()).toMatch(new RegExp(`port ${port} is taken by another process`));
  });

  it('gives up on a required server after lifecycle.start_timeout, and names it', async () => {
    const env = { APP__POSTGRES__URL: NOBODY, APP__LIFECYCLE__START_TIMEOUT: '1s' };
    const app = await startApp('grpc-server', { env });
    expect(await app.exited).toEqual({ code: 1, signal: null });
    expect(app.log.text()).toMatch(/postgres/i);
    expect(app.log.text()).not.toContain('hunter2');
  });
});
