import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, launch, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { freePort } from '../../support/network/free-port.js';
import { byForm, FULL, LONG } from '../../support/assertions/form.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { KeyedIncrements } from './keyed-increments.js';

const REQUESTS = byForm({ short: 100, full: 250, long: 1_000 });
const ROUNDS = LONG ? 5 : 1;
const CLIENTS = 25;
const PAUSE_MS = 20;
const BACK_WITHIN_MS = 30_000;
/** Less than a call has, and more than a keepalive ping. */
const CALL_BYTES = 60;
/** Many calls must be in flight before the circuit opens, and it must close soon after the fault. */
const POLICIES = {
  grpc_server: {
    attempt_timeout: '1s',
    ...(!FULL && { total_timeout: '2s' }),
    breaker: { minimum_calls: 40, half_open_after: '200ms' },
  },
};
/** How long a call waits for a connection: each request of a fault takes this time. */
const CONNECT_WAIT = byForm({ short: '500ms', full: '10s' });
/** The replies that are allowed when a request had no effect, and when it may have had one. */
const REFUSED =
  /^503 (UPSTREAM_UNAVAILABLE|CIRCUIT_OPEN|SHUTTING_DOWN|QUEUE_TIMEOUT)$|^504 DEADLINE_EXCEEDED$/;
const UNKNOWN = /^503 OUTCOME_UNKNOWN$|^504 DEADLINE_EXCEEDED$/;

describe(`${REQUESTS} requests that write, while the grpc-server`, () => {
  let proxy: TcpProxy;
  let place: { port: number; managementPort: number };
  let grpcServer: AppProcess;
  let gateway: AppProcess;

  beforeAll(async () => {
    place = { port: await freePort(), managementPort: await freePort() };
    proxy = await TcpProxy.before({ port: place.port });
    grpcServer = launch('grpc-server', place);
    gateway = await startApp('gateway', {
      env: {
        APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${proxy.port}`,
        APP__UPSTREAMS__GRPC_SERVER__CONNECT_WAIT: CONNECT_WAIT,
        APP__RESILIENCE__POLICIES: JSON.stringify(POLICIES),
      },
    });
    await Promise.all([grpcServer.ready(), gateway.ready()]);
  });
  afterAll(async () => {
    if (!grpcServer.hasExited) grpcServer.signal('SIGCONT');
    await Promise.all([gateway.stop(), grpcServer.stop()]);
    await proxy.close();
  });

  const faults = [
    {
      what: 'is killed',
      begin: async (load: KeyedIncrements) => {
        await holdReplies(load);
        grpcServer.signal('SIGKILL');
        await grpcServer.exited;
        proxy.restore();
      },
      end: async () => void (grpcServer = launch('grpc-server', place)),
      inShort: true,
    },
    {
      what: 'is stopped',
      begin: async () => grpcServer.signal('SIGSTOP'),
      end: async () => grpcServer.signal('SIGCONT'),
      inShort: false,
    },
    {
      what: 'is cut off',
      begin: async (load: KeyedIncrements) => {
        await holdReplies(load);
        proxy.cut();
      },
      end: async () => proxy.restore(),
      inShort: false,
    },
    {
      what: 'does not reach its clients',
      begin: async () => proxy.stall('replies'),
      end: async () => {
        proxy.cut();
        proxy.restore();
      },
      inShort: true,
    },
  ].filter(({ inShort }) => FULL || inShort);

  /** Lets the requests through and keeps the replies, until the fault meets calls that the server has received. */
  async function holdReplies(load: KeyedIncrements): Promise<void> {
    proxy.stall('replies');
    const before = proxy.sent;
    await eventually(() => {
      expect(load.inFlight).toBe(CLIENTS);
      expect(proxy.sent).toBeGreaterThan(before + CALL_BYTES);
    });
  }

  /** The value, once the counter can be read. */
  const read = ({ resource_id, counter_type }: { resource_id: string; counter_type: string }) =>
    eventually(
      async () => {
        const reply = await gateway.http.get(`/api/v1/counter/${resource_id}/${counter_type}`);
        expect(reply.status).toBe(200);
        return Number(reply.json()['current_value']);
      },
      { within: BACK_WITHIN_MS, every: 100 },
    );

  it.each(Array.from({ length: ROUNDS }, () => faults).flat())(
    '$what, are acknowledged, refused or of unknown outcome, and count once when they are repeated',
    async ({ begin, end }) => {
      const counter = { resource_id: randomUUID(), counter_type: 'outcomes' };
      expect(await read(counter)).toBe(0);
      const load = new KeyedIncrements(gateway.http, {
        counter,
        requests: REQUESTS,
        clients: CLIENTS,
        pause: PAUSE_MS,
      });
      const answered = (share: number) =>
        eventually(() => expect(load.sent.length).toBeGreaterThan(REQUESTS * share), { within: 30_000 });
      await answered(0.2);
      await begin(load);
      await answered(0.6);
      await end();
      await load.done;
      const value = await read(counter);
      const [acknowledged, unknown] = [load.sum('acknowledged'), load.sum('unknown')];
      expect(value).toBeGreaterThanOrEqual(acknowledged);
      expect(value).toBeLessThanOrEqual(acknowledged + unknown);
      expect(unknown).toBeGreaterThan(0);
      const strange = (answers: Record<string, number>, documented: RegExp) =>
        Object.keys(answers).filter((answer) => !documented.test(answer));
      expect(strange(load.answers('refused'), REFUSED)).toEqual([]);
      expect(strange(load.answers('unknown'), UNKNOWN)).toEqual([]);

      const repeated = async () => expect(await load.repeat()).toBe(0);
      await eventually(repeated, { within: BACK_WITHIN_MS, every: 100 });
      expect(await read(counter)).toBe(load.attempted);
    },
    120_000,
  );
});
