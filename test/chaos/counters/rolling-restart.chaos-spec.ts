import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, launch, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { freePort } from '../../support/network/free-port.js';
import { HttpClient } from '../../support/network/http-client.js';
import { byForm } from '../../support/assertions/form.js';
import { ReadinessBalancer } from '../../support/network/readiness-balancer.js';
import { SteadyLoad } from '../../support/network/steady-load.js';

const RESTARTS = byForm({ short: 1, full: 3, long: 20 });
const env = { APP__LIFECYCLE__DRAIN_WAIT: '500ms' };

describe('a client with busy keep-alive connections', () => {
  const places: { port: number; managementPort: number; env: Record<string, string> }[] = [];
  let gateways: AppProcess[] = [];
  let server: AppProcess;
  let balancer: ReadinessBalancer;

  beforeAll(async () => {
    server = await (await startApp('grpc-server')).ready();
    const upstream = { APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${server.port}` };
    for (let index = 0; index < 2; index++) {
      places.push({ port: await freePort(), managementPort: await freePort(), env: { ...env, ...upstream } });
    }
    gateways = await Promise.all(places.map((place) => launch('gateway', place).ready()));
    balancer = await ReadinessBalancer.before(...places);
  });

  afterAll(async () => {
    await balancer.close();
    await Promise.all([...gateways, server].map((app) => app.stop()));
  });

  it(
    `sees no failure over ${RESTARTS} rolling restarts of one of two gateways`,
    async () => {
      const http = new HttpClient(`http://127.0.0.1:${balancer.port}`);
      const body = { resource_id: `rolling-${process.pid}`, counter_type: 'chaos' };
      const before = await http.get(`/api/v1/counter/${body.resource_id}/chaos`);
      const load = new SteadyLoad((agent) => http.post('/api/v1/counter/increment', body, { agent }), {
        clients: 8,
        rate: 100,
      });
      for (let restart = 0; restart < RESTARTS; restart++) {
        const index = restart % places.length;
        const place = places[index];
        const old = gateways[index];
        if (!place || !old) throw new Error('there is no such gateway');
        old.signal('SIGTERM');
        expect(await old.exited).toEqual({ code: 0, signal: null });
        const next = launch('gateway', place);
        gateways[index] = await next.ready();
        const passed = load.succeeded;
        await eventually(() => expect(load.succeeded).toBeGreaterThan(passed + 20));
      }
      const { succeeded, failures } = await load.stop();
      expect(failures).toEqual([]);
      const after = await http.get(`/api/v1/counter/${body.resource_id}/chaos`);
      expect(Number(after.json()['current_value']) - Number(before.json()['current_value'])).toBe(succeeded);
    },
    30_000 + RESTARTS * 20_000,
  );
});
