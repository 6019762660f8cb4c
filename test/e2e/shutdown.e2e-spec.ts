import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  APPS,
  type AppName,
  type AppProcess,
  launch,
  startApp,
  type StartAppOptions,
} from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { MetricsPage } from '../support/metrics-page.js';
import { runningHouse } from '../support/running-house.js';
import { LightLoad } from './light-load.js';

const PHASES = ['stopIntake', 'drain', 'flush', 'close'];
/** Processes start and stop in these conditions; on a busy machine that takes its time. */
const PATIENTLY = { within: 30_000 };
const NOBODY = 'postgres://ganymede:hunter2@127.0.0.1:9/ganymede';

describe('an app that is told to stop', () => {
  const started: AppProcess[] = [];

  async function start(name: AppName, env: StartAppOptions['env'] = {}): Promise<AppProcess> {
    const app = await startApp(name, { env });
    started.push(app);
    return app;
  }

  afterEach(async () => {
    for (const app of started.splice(0)) app.signal('SIGKILL');
  });

  it.each(APPS)('%s goes through every phase once, in order, and exits with 0', async (name) => {
    const app = await (await start(name)).ready();
    app.signal('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    const phases = app.log.lines().flatMap(({ phase }) => (phase === undefined ? [] : [phase]));
    expect(phases).toEqual(PHASES);
    expect(app.log.errors()).toEqual([]);
  });

  it('the gateway answers every request that has reached it, also what takes longer than the wait', async () => {
    const app = await (await start('gateway', { APP__LIFECYCLE__DRAIN_WAIT: '200ms' })).ready();
    const increments = LightLoad.ofIncrements(app.http, `stop:${randomUUID()}`, 8);
    const long = Array.from({ length: 4 }, () => app.http.get('/slow?ms=1500'));
    await eventually(async () => {
      expect(increments.succeeded).toBeGreaterThan(50);
      const metrics = new MetricsPage((await app.management.get('/metrics')).text);
      expect(metrics.sum('http_inflight_requests')).toBeGreaterThanOrEqual(4);
    }, PATIENTLY);
    app.signal('SIGTERM');
    const { broken, refusals } = await increments.ended();
    expect({ broken, refusals }).toEqual({ broken: [], refusals: [] });
    for (const { status, text } of await Promise.all(long)) {
      expect({ status, text }).toEqual({ status: 200, text: '{"waited_ms":1500}' });
    }
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.log.errors()).toEqual([]);
  });

  it('the gateway is not ready from the first moment, serves on, and sends its clients elsewhere', async () => {
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

  it('the grpc-server finishes the increments in flight, and none is lost or counted twice', async () => {
    const server = await (await start('grpc-server', { APP__LIFECYCLE__DRAIN_WAIT: '200ms' })).ready();
    const address = `127.0.0.1:${server.port}`;
    const gateway = await (await start('gateway', { APP__UPSTREAMS__GRPC_SERVER__ADDRESS: address })).ready();
    const counter = `stop:${randomUUID()}`;
    const load = LightLoad.ofIncrements(gateway.http, counter, 8);
    await eventually(() => expect(load.succeeded).toBeGreaterThan(50), PATIENTLY);
    server.signal('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    const { statuses, refusals, broken } = await load.stop();
    expect(broken).toEqual([]);
    expect(refusals.filter(({ status }) => status !== 503)).toEqual([]);
    const reply = await runningHouse().http.get(`/api/v1/counter/${counter}/load`);
    expect(reply.json()['current_value']).toBe(statuses[200]);
    expect([...server.log.errors(), ...gateway.log.errors()]).toEqual([]);
  });

  it('the worker finishes the messages that it has, and leaves the others to the next', async () => {
    const worker = await (await start('worker')).ready();
    const { http } = runningHouse();
    const submit = () => http.post('/api/v1/message', { queue: 'task_queue', message: { task: 'stop' } });
    const submitted = await Promise.all(Array.from({ length: 60 }, submit));
    worker.signal('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(worker.log.errors()).toEqual([]);
    const ids = submitted.map((reply) => reply.json<{ message_id: string }>().message_id);
    await eventually(
      async () => {
        const states = await Promise.all(ids.map((id) => http.get(`/api/v1/message/${id}`)));
        expect(states.filter((reply) => reply.json()['status'] !== 'done').map(({ text }) => text)).toEqual(
          [],
        );
      },
      { ...PATIENTLY, every: 100 },
    );
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once by a second %s', async (signal, code) => {
    const app = await (await start('gateway', { APP__LIFECYCLE__DRAIN_WAIT: '20s' })).ready();
    app.signal(signal);
    await eventually(
      async () => expect((await app.management.get('/readyz')).text).toContain('draining'),
      PATIENTLY,
    );
    // A signal that comes at once is taken for the echo of the first: go on until it is not.
    await eventually(
      () => {
        app.signal(signal);
        expect(app.hasExited).toBe(true);
      },
      { ...PATIENTLY, every: 100 },
    );
    expect(await app.exited).toEqual({ code, signal: null });
  });

  it('stops in good order also while it still waits for a server that it needs', async () => {
    const app = await start('grpc-server', { APP__POSTGRES__URL: NOBODY });
    await eventually(() => expect(app.log.text()).toContain('waiting for PostgreSQL'), PATIENTLY);
    app.signal('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });
});

describe('an app that cannot start', () => {
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

  it('names the port that another process holds', async () => {
    const { port } = runningHouse().apps.gateway;
    const app = launch('gateway', { port, managementPort: await freePort() });
    expect(await app.exited).toEqual({ code: 1, signal: null });
    expect(app.log.text()).toMatch(new RegExp(`port ${port} is taken by another process`));
  });

  it('gives up on a server that it needs when lifecycle.start_timeout is over, and names it', async () => {
    const env = { APP__POSTGRES__URL: NOBODY, APP__LIFECYCLE__START_TIMEOUT: '1s' };
    const app = await startApp('grpc-server', { env });
    expect(await app.exited).toEqual({ code: 1, signal: null });
    expect(app.log.text()).toMatch(/postgres/i);
    expect(app.log.text()).not.toContain('hunter2');
  });
});
