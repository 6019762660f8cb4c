import type { Agent } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL, LONG } from '../../support/assertions/form.js';
import { ScratchSchema } from '../../support/servers/scratch-schema.js';
import { ScratchRedisServer } from '../../support/servers/scratch-redis-server.js';
import { SteadyLoad } from '../../support/network/steady-load.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';

const TOLD_WITHIN_MS = 3000;
const BACK_WITHIN_MS = 3000;
/** Shorter than a request's own deadline: no request may wait until that. */
const ANSWERED_WITHIN_MS = 4000;
/** The length of the outage after the apps have detected it. */
const GONE_MS = LONG ? 10_000 : 0;
const DOCUMENTED =
  /^503 .*"(UPSTREAM_UNAVAILABLE|OUTCOME_UNKNOWN|CIRCUIT_OPEN|OVERLOADED|QUEUE_TIMEOUT)"|^504 .*"DEADLINE_EXCEEDED"|^429 .*"QUEUE_FULL"/;

interface Fault {
  readonly what: string;
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
}

describe('the apps under 200 requests per second', () => {
  let server: ScratchRedisServer;
  let proxy: TcpProxy;
  let apps: AppProcess[] = [];
  let longest = 0;
  let load: SteadyLoad | undefined;
  let schema: ScratchSchema;

  const faults: Fault[] = [
    { what: 'is killed', begin: () => server.kill(), end: () => server.restart() },
    ...(FULL
      ? [
          { what: 'is stopped', begin: () => server.pause(), end: () => server.resume() },
          { what: 'is cut off', begin: () => proxy.cut(), end: () => proxy.restore() },
        ]
      : []),
    { what: 'is reachable and does not reply', begin: () => proxy.stall(), end: () => proxy.restore() },
  ];

  beforeAll(async () => {
    server = await ScratchRedisServer.start({ args: ['--appendonly', 'yes'] });
    proxy = await TcpProxy.before({ port: server.port });
    const env: Record<string, string> = { APP__REDIS__STATE__URL: `redis://127.0.0.1:${proxy.port}` };
    // Counters in this Redis need their own ledger.
    schema = await ScratchSchema.of('grpc-server');
    const grpcServer = await startApp('grpc-server', { env: { ...schema.env, ...env } });
    const address = `127.0.0.1:${grpcServer.port}`;
    const gateway = await startApp('gateway', {
      env: { ...env, APP__UPSTREAMS__GRPC_SERVER__ADDRESS: address },
    });
    apps = [grpcServer, gateway];
    await Promise.all(apps.map((app) => app.ready()));
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await proxy.close();
    await server.remove();
    await schema.postgres.drop();
  });

  afterEach(async () => void (await load?.stop()));

  const at = (index: number): AppProcess => {
    const app = apps[index];
    if (!app) throw new RangeError(`there is no app ${index}`);
    return app;
  };
  const readiness = async () => (await at(0).management.get('/readyz')).status;
  const increment = async (agent: Agent) => {
    const started = performance.now();
    try {
      const body = { resource_id: `chaos-${process.pid}`, counter_type: 'redis' };
      return await at(1).http.post('/api/v1/counter/increment', body, { agent });
    } finally {
      longest = Math.max(longest, performance.now() - started);
    }
  };

  it.each(faults)(
    'report the correct state when Redis $what, answer in time, and recover by themselves',
    async ({ begin, end }) => {
      longest = 0;
      const current = (load = new SteadyLoad(increment, { clients: 40, rate: 200 }));
      await eventually(() => expect(current.succeeded).toBeGreaterThan(20), { within: 20_000 });
      const connections = proxy.connections;
      await begin();
      await eventually(async () => expect(await readiness()).toBe(503), { within: TOLD_WITHIN_MS });
      const until = performance.now() + GONE_MS;
      await eventually(() => expect(performance.now()).toBeGreaterThan(until), { within: 2 * GONE_MS + 1 });
      await end();
      const before = current.succeeded;
      await eventually(() => expect(current.succeeded).toBeGreaterThan(before + 20), {
        within: BACK_WITHIN_MS,
      });
      await eventually(async () => expect(await readiness()).toBe(200), { within: BACK_WITHIN_MS });
      const { failures } = await current.stop();
      expect(failures.filter((failure) => !DOCUMENTED.test(failure))).toEqual([]);
      expect(failures.length).toBeGreaterThan(0);
      expect(longest).toBeLessThan(ANSWERED_WITHIN_MS);
      expect(apps.map(({ hasExited }) => hasExited)).toEqual([false, false]);
      await eventually(() => expect(proxy.connections).toBe(connections));
    },
  );

  it('stop cleanly after all that', async () => {
    const exits = await Promise.all(apps.map((app) => app.stop()));
    expect(exits).toEqual(apps.map(() => ({ code: 0, signal: null })));
  });
});
