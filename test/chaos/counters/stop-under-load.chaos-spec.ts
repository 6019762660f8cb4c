import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AppName, type AppProcess, launch, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm } from '../../support/assertions/form.js';
import { SteadyLoad, unexpected } from '../../support/network/steady-load.js';

const RATE = byForm({ short: 100, full: 500 });
/** In the short form the spec of rolling restarts stops a gateway and compares the count. */
const STOPPED = byForm<readonly ('gateway' | 'grpc-server')[]>({
  short: ['grpc-server'],
  full: ['gateway', 'grpc-server'],
});

/** While there is no grpc-server, the gateway refuses: no increment has an unknown outcome. */
const REFUSED = /^503 .*"outcome":"refused"/;

describe(`increments, ${RATE} per second`, () => {
  const started: AppProcess[] = [];

  async function start(name: AppName, env: Record<string, string> = {}): Promise<AppProcess> {
    const app = await startApp(name, { env: { APP__LIFECYCLE__DRAIN_WAIT: '1s', ...env } });
    started.push(app);
    return app.ready();
  }

  /** Starts an app on the ports of the one that has ended, where the other apps expect it. */
  async function startAgain({ name, port, managementPort, environment }: AppProcess): Promise<void> {
    const app = launch(name, { port, managementPort, env: environment });
    started.push(app);
    await app.ready();
  }

  afterEach(async () => {
    await Promise.all(started.splice(0).map((app) => app.stop()));
  });

  it.each(STOPPED)('are counted exactly when the %s stops', async (which) => {
    const server = await start('grpc-server');
    const upstream = {
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${server.port}`,
      // A busy machine must not look like a server that hangs.
      APP__UPSTREAMS__GRPC_SERVER__KEEPALIVE_TIMEOUT: '20s',
    };
    const gateway = await start('gateway', upstream);
    const body = { resource_id: `stop-${randomUUID()}`, counter_type: 'load' };
    const load = new SteadyLoad((agent) => gateway.http.post('/api/v1/counter/increment', body, { agent }), {
      clients: 25,
      rate: RATE,
    });
    await eventually(() => expect(load.succeeded).toBeGreaterThan(RATE / 2));

    const stopped = which === 'gateway' ? gateway : server;
    stopped.signal('SIGTERM');
    expect(await stopped.exited).toEqual({ code: 0, signal: null });
    const { succeeded, failures } = await load.stop();
    const strange = unexpected(failures).filter((failure) => which === 'gateway' || !REFUSED.test(failure));
    expect(strange).toEqual([]);
    expect(stopped.log.errors()).toEqual([]);

    const reader = which === 'gateway' ? await start('gateway', upstream) : gateway;
    if (which === 'grpc-server') await startAgain(server);
    // The circuit to the grpc-server that was away closes a little later.
    const value = await eventually(async () => {
      const reply = await reader.http.get(`/api/v1/counter/${body.resource_id}/load`);
      expect(reply.status).toBe(200);
      return reply.json()['current_value'];
    });
    expect(value).toBe(succeeded);
  });
});
