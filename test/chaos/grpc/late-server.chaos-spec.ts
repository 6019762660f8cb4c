import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AppProcess, launch, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { HeadlessDns } from '../../support/headless-dns.js';
import { LONG } from '../../support/long.js';
import { SteadyLoad } from '../../support/steady-load.js';
import { GatewayProbes, kindsOf, openCircuits } from './gateway-probes.js';

/** How much earlier the gateway is, in milliseconds. */
const EARLIER = LONG ? [1000, 4000, 8000] : [1000];
const REQUESTS = LONG ? 10_000 : 2_000;
const CLIENTS = 20;

interface Place {
  port: number;
  managementPort: number;
}

describe('a gateway that starts before its grpc-server', () => {
  let gateway: AppProcess;
  let probes: GatewayProbes;
  let server: AppProcess | undefined;
  let dns: HeadlessDns | undefined;

  afterEach(async () => {
    await probes.stop();
    await Promise.all([gateway.stop(), server?.stop()]);
    dns?.close();
  }, 60_000);

  /** What an app is found by that has not started yet. */
  const upstreams = {
    'an address': async ({ port }: Place) => ({
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${port}`,
    }),
    'several addresses': async ({ port }: Place) => ({
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `ipv4:127.0.0.1:${await freePort()},127.0.0.1:${port}`,
    }),
    'a name without addresses': async (place: Place) => {
      dns = await HeadlessDns.of({ 'grpc-server.test': [place] });
      return {
        ...dns.env,
        APP__UPSTREAMS__GRPC_SERVER__ADDRESS: dns.addressOf('grpc-server.test', place.port),
      };
    },
  };

  const cases = EARLIER.flatMap((earlier) =>
    (Object.keys(upstreams) as (keyof typeof upstreams)[]).map((found) => [earlier, found] as const),
  );

  it.each(cases)(
    `by %i ms, with %s, refuses none of the first ${REQUESTS} requests after all is up`,
    async (earlier, found) => {
      const place = { port: await freePort(), managementPort: await freePort() };
      gateway = await startApp('gateway', { env: await upstreams[found](place) });
      probes = new GatewayProbes(gateway);
      await gateway.ready();
      await delay(earlier);
      server = launch('grpc-server', place);
      await probes.allUp();
      const { http } = gateway;
      const counter = { resource_id: `late-${place.port}`, counter_type: 'chaos' };
      const first = await http.post('/api/v1/counter/increment', counter);
      expect([first.status, first.text]).toEqual([200, expect.any(String)]);
      let sent = 0;
      const load = new SteadyLoad(
        (agent) =>
          sent++ % 2 === 0
            ? http.post('/api/v1/counter/increment', counter, { agent })
            : http.get(`/api/v1/counter/${counter.resource_id}/chaos`, { agent }),
        { clients: CLIENTS, rate: REQUESTS },
      );
      await eventually(() => expect(sent).toBeGreaterThanOrEqual(REQUESTS), { within: 120_000 });
      expect(kindsOf((await load.stop()).failures)).toEqual({});
      expect(await openCircuits(gateway)).toEqual({});
      expect([...probes.readiness]).toEqual([200]);
    },
    240_000,
  );
});
