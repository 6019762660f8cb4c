import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AppProcess, launch } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { freePort } from '../../support/network/free-port.js';
import { HeadlessDns } from '../../support/network/headless-dns.js';
import { byForm } from '../../support/assertions/form.js';
import { kindsOf, SteadyLoad } from '../../support/network/steady-load.js';
import { GatewayProbes } from './gateway-probes.js';
import { openCircuits, startPatientGateway } from './patient-gateway.js';

/** How much earlier the gateway starts, in milliseconds. */
const EARLIER = byForm({ full: [3000], long: [1000, 4000, 8000] });
const REQUESTS = byForm({ full: 2_000, long: 10_000 });
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
    [server, dns] = [undefined, undefined];
  });

  /** The address of an app that has not started yet. */
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

  const found = byForm<readonly (keyof typeof upstreams)[]>({
    full: ['an address', 'a name without addresses'],
    long: ['an address', 'several addresses', 'a name without addresses'],
  });
  const cases = EARLIER.flatMap((earlier) => found.map((by) => [earlier, by] as const));

  it.each(cases)(
    `by %i ms, with %s, refuses none of the first ${REQUESTS} requests after both are ready`,
    async (earlier, by) => {
      const place = { port: await freePort(), managementPort: await freePort() };
      gateway = await startPatientGateway(await upstreams[by](place));
      probes = new GatewayProbes(gateway);
      await gateway.ready();
      probes.readiness.clear();
      await delay(earlier);
      server = launch('grpc-server', place);
      // The gateway may not have connected yet.
      await server.ready();
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
      await probes.allUp();
      expect(await openCircuits(gateway)).toEqual({});
      expect([...probes.readiness]).toEqual([200]);
    },
    240_000,
  );
});
