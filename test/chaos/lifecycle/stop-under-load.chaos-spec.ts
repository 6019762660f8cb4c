import { Agent } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AppName, type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm, FULL } from '../../support/assertions/form.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { SteadyLoad, unexpected } from '../../support/network/steady-load.js';

const RATE = byForm({ short: 100, full: 500 });

describe(`an app that stops under ${RATE} requests per second`, () => {
  const started: AppProcess[] = [];

  async function start(name: AppName, env: Record<string, string> = {}): Promise<AppProcess> {
    const app = await startApp(name, { env: { APP__LIFECYCLE__DRAIN_WAIT: '1s', ...env } });
    started.push(app);
    return app.ready();
  }

  async function inFlight(app: AppProcess): Promise<number> {
    return new MetricsPage((await app.management.get('/metrics')).text).sum('http_inflight_requests');
  }

  afterEach(async () => {
    await Promise.all(started.splice(0).map((app) => app.stop()));
  });

  it('answers every request that the gateway has accepted, even when it takes longer than the wait', async () => {
    const gateway = await start('gateway');
    const load = new SteadyLoad((agent) => gateway.http.get('/ping', { agent }), { clients: 25, rate: RATE });
    await eventually(() => expect(load.succeeded).toBeGreaterThan(RATE / 2));
    const slow = Array.from({ length: 10 }, () => gateway.http.get('/slow?ms=1500'));
    await eventually(async () => expect(await inFlight(gateway)).toBeGreaterThanOrEqual(10));
    gateway.signal('SIGTERM');
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(slow.map(() => 200));
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    expect(unexpected((await load.stop()).failures)).toEqual([]);
    expect(gateway.log.errors()).toEqual([]);
  });

  /** The spec of a cron server that stops has the same streams. */
  (FULL ? describe : describe.skip)('in the full form', () => {
    it('ends the endless streams of the grpc-server, and exits in time', async () => {
      const server = await start('grpc-server');
      const caller = new GrpcCaller(server.port);
      const streams = [caller.watch(), caller.reflect()];
      await eventually(() => expect(streams.map(({ messages }) => messages.length)).toEqual([1, 1]));
      server.signal('SIGTERM');
      await Promise.all(streams.map(({ ended }) => ended));
      expect(await server.exited).toEqual({ code: 0, signal: null });
      caller.close();
    });
  });

  it('gives up on endless work by its deadline, names it, and exits with 1', async () => {
    const gateway = await start('gateway', {
      APP__LIFECYCLE__SHUTDOWN_TIMEOUT: '3s',
      APP__LIFECYCLE__DRAIN_WAIT: '0s',
    });
    const agent = new Agent({ keepAlive: true });
    const endless = gateway.http.get('/slow?ms=60000', { agent }).catch((error: unknown) => error);
    await eventually(async () => expect(await inFlight(gateway)).toBe(1));
    const signalledAt = performance.now();
    gateway.signal('SIGTERM');
    expect(await gateway.exited).toEqual({ code: 1, signal: null });
    expect(performance.now() - signalledAt).toBeLessThan(4_000);
    expect(JSON.stringify(gateway.log.errors())).toContain('/slow');
    await endless;
  });
});
