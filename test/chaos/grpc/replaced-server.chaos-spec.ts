import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, launch } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { freePort } from '../../support/network/free-port.js';
import { HeadlessDns } from '../../support/network/headless-dns.js';
import { byForm, FULL, LONG } from '../../support/assertions/form.js';
import { kindsOf, SteadyLoad } from '../../support/network/steady-load.js';
import { openCircuits, startPatientGateway } from './patient-gateway.js';

const REPLACEMENTS = LONG ? 10 : 1;
/** The gap without a server before the next one starts, in milliseconds. */
const NOBODY = byForm({ short: [500, 500], full: [1000, 2000] });
const RATE = byForm({ short: 50, full: 100 });
const port = await freePort();
/** Two addresses of one name. The chaos specs run in sequence. */
const PLACES = [
  { host: '127.36.0.1', port, managementPort: await freePort() },
  { host: '127.36.0.2', port, managementPort: await freePort() },
] as const;

/** On a busy machine a young process takes longer than a second for its first statement. */
const PATIENT_LEDGER = {
  APP__RESILIENCE__POLICIES__COUNTER_LEDGER__ATTEMPT_TIMEOUT: '20s',
  APP__RESILIENCE__POLICIES__COUNTER_LEDGER__TOTAL_TIMEOUT: '20s',
};

describe('the only grpc-server behind a gateway', () => {
  let gateway: AppProcess;
  let server: AppProcess;
  let dns: HeadlessDns;

  beforeAll(async () => {
    dns = await HeadlessDns.of({ 'grpc-server.test': PLACES });
  });

  afterEach(async () => {
    await Promise.all([gateway.stop(), server.stop()]);
  });

  afterAll(() => dns.close());

  const cases = [
    { by: 'another at its address', drainWait: '0s', places: PLACES.slice(0, 1) },
    { by: 'another at its address', drainWait: '1s', places: PLACES.slice(0, 1) },
    { by: 'another at another address of its name', drainWait: '1s', places: PLACES },
    // The gateway has to reconnect in each case. In the last one it must also resolve the name again.
  ].slice(FULL ? 0 : -1);

  it.each(cases)(
    `is replaced by $by, with a drain_wait of $drainWait, and no read fails`,
    async ({ drainWait, places }) => {
      const start = (index: number) => {
        const { host, ...ports } = places[index % places.length] ?? PLACES[0];
        const env = { ...PATIENT_LEDGER, APP__GRPC__HOST: host, APP__LIFECYCLE__DRAIN_WAIT: drainWait };
        return launch('grpc-server', { ...ports, env }).ready();
      };
      server = await start(0);
      const address = dns.addressOf('grpc-server.test', PLACES[0].port);
      gateway = await startPatientGateway({
        ...dns.env,
        APP__UPSTREAMS__GRPC_SERVER__ADDRESS: address,
      });
      const { http } = await gateway.ready();
      const load = new SteadyLoad((agent) => http.get('/api/v1/counter/replaced/chaos', { agent }), {
        clients: 10,
        rate: RATE,
      });
      const served = async (more: number) => {
        const goal = load.succeeded + more;
        await eventually(() => expect(load.succeeded).toBeGreaterThanOrEqual(goal), { within: 60_000 });
      };
      await served(RATE);
      for (let replacement = 1; replacement <= REPLACEMENTS; replacement++) {
        server.signal('SIGTERM');
        expect(await server.exited).toEqual({ code: 0, signal: null });
        await delay(NOBODY[replacement % NOBODY.length]);
        server = await start(replacement);
        await served(RATE);
      }
      expect(kindsOf((await load.stop()).failures)).toEqual({});
      expect(await openCircuits(gateway)).toEqual({});
    },
    120_000 + REPLACEMENTS * 60_000,
  );
});
