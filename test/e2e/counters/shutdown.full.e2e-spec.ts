import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { startingApps } from '../starting-apps.js';
import { incrementLoad } from './increment-load.js';

describe('an app that stops while it counts', () => {
  const start = startingApps();
  const valueOf = async (counter: string) =>
    (await runningSystem().http.get(`/api/v1/counter/${counter}/load`)).json()['current_value'];

  it('answers every increment that has reached the gateway', async () => {
    const gateway = await (await start('gateway', { APP__LIFECYCLE__DRAIN_WAIT: '200ms' })).ready();
    const counter = `stop:${randomUUID()}`;
    const load = incrementLoad(gateway.http, counter, 8);
    await eventually(() => expect(load.succeeded).toBeGreaterThan(50), { within: 30_000 });
    gateway.signal('SIGTERM');
    const { statuses, broken, refusals } = await load.ended();
    expect({ broken, refusals }).toEqual({ broken: [], refusals: [] });
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    expect(await valueOf(counter)).toBe(statuses[200]);
    expect(gateway.log.errors()).toEqual([]);
  });

  it('finishes the increments in flight in the grpc-server, and none is lost or counted twice', async () => {
    const server = await (await start('grpc-server', { APP__LIFECYCLE__DRAIN_WAIT: '200ms' })).ready();
    const address = `127.0.0.1:${server.port}`;
    const gateway = await (await start('gateway', { APP__UPSTREAMS__GRPC_SERVER__ADDRESS: address })).ready();
    const counter = `stop:${randomUUID()}`;
    const load = incrementLoad(gateway.http, counter, 8);
    await eventually(() => expect(load.succeeded).toBeGreaterThan(50), { within: 30_000 });
    server.signal('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    const { statuses, refusals, broken } = await load.stop();
    expect(broken).toEqual([]);
    expect(refusals.filter(({ status }) => status !== 503)).toEqual([]);
    expect(await valueOf(counter)).toBe(statuses[200]);
    expect([...server.log.errors(), ...gateway.log.errors()]).toEqual([]);
  });
});
