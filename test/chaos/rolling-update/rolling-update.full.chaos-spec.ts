import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { HttpClient } from '../../support/network/http-client.js';
import { LONG } from '../../support/assertions/form.js';
import { kindsOf, SteadyLoad } from '../../support/network/steady-load.js';
import { nextRelease } from './next-release.js';
import { Release } from './release.js';
import { type Member, RollingFixture } from './rolling-fixture.js';

const RATE = LONG ? 1000 : 200;
const CLIENTS = LONG ? 50 : 20;
/** The total number of requests: a minute of them at the full rate. */
const REQUESTS = LONG ? 60_000 : 1000;
const COUNTERS = 20;
const DONE = { code: 0, signal: null };

/**
 * The short form has no time to build another release. Each process has its own address, like a pod: on Linux the whole
 * of 127.0.0.0/8 is local.
 */
const suite = process.platform === 'linux' ? describe : describe.skip;

suite('a rolling update under load, with a migration and another version of a message', () => {
  let fixture: RollingFixture;
  let current: Release;
  let next: Release;

  beforeAll(async () => {
    current = Release.current();
    [fixture, next] = await Promise.all([
      RollingFixture.build(),
      Release.next(nextRelease, ['grpc-server', 'worker', 'gateway']),
    ]);
    await fixture.migrate(current);
    await fixture.open(current);
  }, 300_000);

  afterAll(async () => {
    await fixture.close();
    await next.remove();
  });

  it(`fails none of ${REQUESTS} requests and loses no increment`, async () => {
    const http = new HttpClient(fixture.url);
    let sent = 0;
    const load = new SteadyLoad(
      (agent) => {
        const body = { resource_id: `r${sent++ % COUNTERS}`, counter_type: fixture.name };
        return http.post('/api/v1/counter/increment', body, { agent });
      },
      { clients: CLIENTS, rate: RATE },
    );
    const reached = (share: number) =>
      eventually(() => expect(sent).toBeGreaterThanOrEqual(REQUESTS * share), { within: 500_000 });
    const started = performance.now();
    await reached(0.1);
    await fixture.migrate(next);
    await rollOut(reached);
    await reached(1);
    const { succeeded, failures } = await load.stop();
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(
      `rolling update: ${sent} requests in ${seconds.toFixed(1)} s (${Math.round(sent / seconds)}/s), ${failures.length} failed\n`,
    );
    expect(kindsOf(failures)).toEqual({});
    expect(succeeded).toBe(sent);
    expect(await fixture.versions()).toEqual(['2.0.0', '2.0.0', '2.0.0', '2.0.0', '2.0.0']);

    expect(await counted(http)).toBe(sent);
    await eventually(
      async () => {
        if (!LONG) await aMinuteLater();
        expect(await ranked(http)).toBe(sent);
      },
      { within: 150_000, every: 250 },
    );
    const consumed = await fixture.query<{ queue: string }>(
      `SELECT DISTINCT queue FROM ${fixture.schemaOf('worker')}.inbox ORDER BY queue`,
    );
    expect(consumed.map(({ queue }) => queue)).toEqual(['counter_events', 'counter_events_v2']);
    const dead = await fixture.query(`SELECT FROM ${fixture.schemaOf('worker')}.dead_letter`);
    expect(dead).toEqual([]);
  }, 600_000);

  /** Updates all Deployments at the same time, each pod by pod. The worker is late, so that it lags behind the events. */
  async function rollOut(reached: (share: number) => Promise<void>): Promise<void> {
    const replace = async (app: Member, index: number) =>
      expect(await fixture.replace(app, index, next)).toEqual(DONE);
    await Promise.all([replace('grpc-server', 0), replace('gateway', 0)]);
    await reached(0.4);
    await Promise.all([replace('grpc-server', 1), replace('gateway', 1), replace('worker', 0)]);
  }

  /** The sum of the counters, through every layer. */
  async function counted(http: HttpClient): Promise<number> {
    const items = Array.from({ length: COUNTERS }, (_, index) => ({
      resource_id: `r${index}`,
      counter_type: fixture.name,
    }));
    const reply = await http.post('/api/v1/counter/batch', { items });
    return sum(reply.json<{ items: { current_value: number }[] }>().items.map((item) => item.current_value));
  }

  /** The sum of the worker's ranking, from events of both versions. */
  async function ranked(http: HttpClient): Promise<number> {
    const reply = await http.get(`/api/v1/counter/top?counter_type=${fixture.name}&window=all&limit=100`);
    return sum(reply.json<{ items: { value: number }[] }>().items.map(({ value }) => value));
  }

  /** An event whose queue does not exist yet is delayed for a minute. The short form does not wait for that. */
  async function aMinuteLater(): Promise<void> {
    await fixture.query(
      `UPDATE ${fixture.schemaOf('grpc-server')}.outbox SET due_at = now() WHERE due_at > now()`,
    );
  }
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
