import { describe, expect, it } from '@jest/globals';
import { APPS, type AppName } from '../support/apps/app-process.js';
import { runningSystem } from '../support/apps/running-system.js';

/** The required dependencies of each app. */
const NEEDED: Record<AppName, readonly string[]> = {
  gateway: [],
  'grpc-server': ['postgres', 'redis'],
  'cron-server': ['postgres'],
  worker: ['consumers', 'postgres', 'rabbitmq'],
};

describe.each(APPS)('the management port of %s', (name) => {
  const fixture = runningSystem();
  const { management, pid } = fixture.apps[name];

  it('reports at /livez that the process is alive', async () => {
    const reply = await management.get('/livez');
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({ status: 'ok' });
  });

  it('reports at /readyz each dependency, its state and whether it is required', async () => {
    const reply = await management.get('/readyz');
    const { checks, notes, ...report } = reply.json<{
      checks: Record<string, { needed: boolean }>;
      notes?: { elections?: Record<string, string> };
    }>();
    expect({ status: reply.status, ...report }).toEqual({ status: 200, ready: true, state: 'ready' });
    for (const role of Object.values(notes?.elections ?? {})) expect(role).toMatch(/^(leading|following)$/);
    const needed = Object.keys(checks).filter((check) => checks[check]?.needed);
    expect(needed.sort()).toEqual(NEEDED[name]);
    for (const check of Object.values(checks)) {
      expect(check).toEqual({ status: 'up', needed: expect.any(Boolean), latency_ms: expect.any(Number) });
    }
  });

  it('serves at /metrics the metrics of this process for Prometheus', async () => {
    const reply = await management.get('/metrics');
    expect(reply.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const metrics = await fixture.metrics(name);
    expect(metrics.sum('build_info', { app: name })).toBe(1);
    expect(metrics.sum('process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(metrics.sum('nodejs_eventloop_time_seconds_total', { state: 'active' })).toBeGreaterThan(0);
  });

  it('reports at /info the build and the start time', async () => {
    const { version, commit, node, uptime_s: uptime, app } = (await management.get('/info')).json();
    expect({ app, node }).toEqual({ app: name, node: process.version });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(commit).toMatch(/.+/);
    expect(uptime).toBeGreaterThan(0);
    expect(() => process.kill(pid, 0)).not.toThrow();
  });

  it('shows at /config the current configuration without secrets, to a caller with the token', async () => {
    const headers = { authorization: 'Bearer test-management-token' };
    const reply = await management.get('/config', { headers });
    expect(reply.status).toBe(200);
    expect(reply.json()).toMatchObject({ logging: { level: 'info' }, lifecycle: { drain_wait: 0 } });
    expect(reply.text).not.toMatch(
      /ganymede-secret|test-admin-token|test-management-token|ganymede:ganymede@/,
    );
  });

  it.each([{}, { authorization: 'Bearer guessed' }, { authorization: 'test-management-token' }])(
    'does not show it to another caller: %j',
    async (headers) => {
      const reply = await management.get('/config', { headers: headers as Record<string, string> });
      expect(reply.status).toBe(401);
      expect(reply.json()).toMatchObject({ code: 401, reason: 'UNAUTHENTICATED' });
    },
  );

  it.each(['/', '/nowhere', '/api/v1/health'])('returns 404 at %s', async (path) => {
    const reply = await management.get(path);
    expect(reply.status).toBe(404);
    expect(reply.json()).toMatchObject({ code: 404, reason: 'ROUTE_NOT_FOUND' });
  });

  it('accepts only GET', async () => {
    expect((await management.post('/readyz', {})).status).toBe(405);
  });
});

describe('the public port of the gateway', () => {
  const { http } = runningSystem();

  it.each(['/health', '/api/v1/health'])('is healthy at %s', async (path) => {
    const reply = await http.get(path);
    expect(reply.status).toBe(200);
    const { status, timestamp } = reply.json<{ status: string; timestamp: string }>();
    expect(status).toBe('ok');
    expect(new Date(timestamp).toISOString()).toBe(timestamp);
  });

  it('reports at /health/detail the state of each service of the project', async () => {
    const reply = await http.get('/health/detail');
    const { status, services } = reply.json<{ status: string; services: Record<string, unknown> }>();
    expect({ code: reply.status, status }).toEqual({ code: 200, status: 'ok' });
    const ofTheHouse = ['grpc_server', 'postgres', 'rabbitmq', 'redis'];
    expect(Object.keys(services)).toEqual(expect.arrayContaining(ofTheHouse));
    for (const service of Object.values(services)) {
      expect(service).toEqual({ status: 'up', latency_ms: expect.any(Number) });
    }
  });

  it.each(['/livez', '/readyz', '/info', '/config'])('has no %s', async (path) => {
    expect((await http.get(path)).status).toBe(404);
  });
});
