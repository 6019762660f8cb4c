import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APPS, type AppProcess, startApp } from '../support/apps/app-process.js';
import { freePort } from '../support/network/free-port.js';
import { eventually } from '../support/assertions/eventually.js';
import { FULL } from '../support/assertions/form.js';
import { MetricsPage } from '../support/assertions/metrics-page.js';
import { runningSystem } from '../support/apps/running-system.js';
import { hasPromtool, promtoolCheck } from '../support/servers/promtool.js';

const URLS = FULL ? 10_000 : 200;
const CONNECTIONS = 20;
/** The series that a new combination of route, method and status may add: buckets, sum, count and total. */
const SERIES_PER_COMBINATION = 16;

const linting = hasPromtool() ? describe : describe.skip;
const title = hasPromtool()
  ? 'in the eyes of promtool'
  : 'in the eyes of promtool (which is not on this machine: Debian has it in the package prometheus)';

describe.each(APPS)('the metrics of %s', (name) => {
  const app = runningSystem().apps[name];

  linting(title, () => {
    it('are valid for Prometheus', async () => {
      const { text } = await app.management.get('/metrics');
      expect(await promtoolCheck(text)).toBe('');
    });
  });

  it('include the event loop, the heap, garbage collection and the build', async () => {
    // The first garbage collection needs garbage, which these requests create.
    await eventually(
      async () => {
        const page = await metricsOf(app);
        const names = new Set(page.samples.map((sample) => sample.name));
        for (const expected of PROCESS) expect(names).toContain(expected);
      },
      { within: 20_000 },
    );
  });

  it('end with the OpenMetrics marker when the reader accepts OpenMetrics', async () => {
    const reply = await app.management.get('/metrics', {
      headers: { accept: 'application/openmetrics-text' },
    });
    expect(reply.headers['content-type']).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(reply.text.endsWith('# EOF\n')).toBe(true);
  });
});

const PROCESS = [
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_heap_size_used_bytes',
  'nodejs_gc_duration_seconds_count',
  'process_resident_memory_bytes',
  'build_info',
];

describe('the metrics of the gateway under requests of any kind', () => {
  let gateway: AppProcess;

  beforeAll(async () => {
    // Nothing listens on this address, so requests that need the grpc-server are refused.
    const nobody = `127.0.0.1:${await freePort()}`;
    const env = {
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: nobody,
      APP__UPSTREAMS__GRPC_SERVER__CONNECT_WAIT: '200ms',
    };
    gateway = await startApp('gateway', { env });
    await gateway.ready();
  });

  afterAll(() => gateway.stop());

  it.each([
    ['a route that is not there', 'GET', '/nowhere', undefined, 'unmatched', 404],
    ['a method that a route has not', 'PUT', '/health', undefined, 'unmatched', 405],
    ['a body that is not allowed', 'POST', '/api/v1/counter/increment', {}, '/api/v1/counter/increment', 400],
    ['a body that is no JSON', 'POST', '/api/v1/counter/increment', '{', '/api/v1/counter/increment', 400],
    [
      'a dependency that is unavailable',
      'GET',
      '/api/v1/counter/a/view',
      undefined,
      '/api/v1/counter/:resource_id/:counter_type',
      503,
    ],
    ['a handler that panics', 'GET', '/panic', undefined, '/panic', 500],
  ] as const)('count %s', async (_what, method, path, body, route, status) => {
    const labels = { method, route, status: String(status) };
    const before = (await metricsOf(gateway)).sum('http_requests_total', labels);
    const headers = { 'content-type': 'application/json' };
    expect(
      (await gateway.http.request(method, path, body === undefined ? {} : { body, headers })).status,
    ).toBe(status);
    expect((await metricsOf(gateway)).sum('http_requests_total', labels)).toBe(before + 1);
  });

  it(`do not grow in number under ${URLS} random addresses`, async () => {
    const before = await metricsOf(gateway);
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, connection) => visit(gateway, connection)));
    const after = await metricsOf(gateway);
    expect(after.sum('http_requests_total') - before.sum('http_requests_total')).toBe(URLS);
    const routes = new Set(after.samples.flatMap(({ labels }) => labels['route'] ?? []));
    expect([...routes].filter((route) => route.includes('random'))).toEqual([]);
    expect(after.samples.length - before.samples.length).toBeLessThan(4 * SERIES_PER_COMBINATION);
  }, 60_000);
});

/** Requests random addresses, half of them on a route with parameters. Each connection requests its share. */
async function visit({ http }: AppProcess, connection: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let count = 0; count < URLS / CONNECTIONS; count++) {
    const random = `random-${connection}-${randomUUID()}`;
    await http.get(count % 2 === 0 ? `/${random}?${random}` : `/api/v1/counter/${random}/view`, { agent });
  }
  agent.destroy();
}

async function metricsOf(app: Pick<AppProcess, 'management'>): Promise<MetricsPage> {
  return new MetricsPage((await app.management.get('/metrics')).text);
}
