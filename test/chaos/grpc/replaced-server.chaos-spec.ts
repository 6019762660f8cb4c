import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AppProcess, launch, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { LONG } from '../../support/long.js';
import { SteadyLoad } from '../../support/steady-load.js';
import { kindsOf, openCircuits } from './gateway-probes.js';

const REPLACEMENTS = LONG ? 10 : 1;
/** How long nobody serves before the next one starts, in milliseconds. */
const NOBODY = [1000, 2000];
const RATE = 100;

describe('the only grpc-server behind a gateway', () => {
  let gateway: AppProcess;
  let server: AppProcess;

  afterEach(async () => {
    await Promise.all([gateway.stop(), server.stop()]);
  }, 60_000);

  it.each(['0s', '1s'])(
    `is replaced ${REPLACEMENTS} times, with a drain_wait of %s, and no read fails`,
    async (drainWait) => {
      const place = { port: await freePort(), managementPort: await freePort() };
      const env = { APP__LIFECYCLE__DRAIN_WAIT: drainWait };
      server = await launch('grpc-server', { ...place, env }).ready();
      gateway = await startApp('gateway', {
        env: { APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${place.port}` },
      });
      const { http } = await gateway.ready();
      const load = new SteadyLoad((agent) => http.get('/api/v1/counter/replaced/chaos', { agent }), {
        clients: 10,
        rate: RATE,
      });
      const served = async (more: number) => {
        const goal = load.succeeded + more;
        await eventually(() => expect(load.succeeded).toBeGreaterThanOrEqual(goal), { within: 20_000 });
      };
      await served(RATE);
      for (let replacement = 0; replacement < REPLACEMENTS; replacement++) {
        server.signal('SIGTERM');
        expect(await server.exited).toEqual({ code: 0, signal: null });
        await delay(NOBODY[replacement % NOBODY.length]);
        server = launch('grpc-server', { ...place, env });
        await server.ready();
        await served(RATE);
      }
      expect(kindsOf((await load.stop()).failures)).toEqual({});
      expect(await openCircuits(gateway)).toEqual({});
    },
    60_000 + REPLACEMENTS * 30_000,
  );
});
