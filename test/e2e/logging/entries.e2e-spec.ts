import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppName, type AppProcess, startApp } from '../../support/apps/app-process.js';
import type { LogLine } from '../../support/apps/app-log.js';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';

const PRINCIPAL = /.+/;
const TRACE = /^[0-9a-f]{32}$/;

describe('a line of the log', () => {
  const apps = new Map<AppName, AppProcess>();

  const app = (name: AppName): AppProcess => {
    const running = apps.get(name);
    if (!running) throw new Error(`${name} was not started`);
    return running;
  };
  const lines = (name: AppName, of: Partial<LogLine>) =>
    app(name)
      .log.lines()
      .filter((line) => Object.entries(of).every(([field, value]) => line[field] === value));

  beforeAll(async () => {
    const debug = { APP__LOGGING__LEVEL: 'debug' };
    const start = async (name: AppName, env: Record<string, string> = {}) =>
      apps.set(name, await (await startApp(name, { env: { ...debug, ...env } })).ready());
    await start('worker');
    const upstreams = { APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${app('worker').port}` };
    const everySecond = JSON.stringify({ 'messages.purge': { cron: '* * * * * *' } });
    await start('gateway', upstreams);
    if (FULL) await start('cron-server', { ...upstreams, APP__SCHEDULING__JOBS: everySecond });
  });

  afterAll(async () => {
    await Promise.all([...apps.values()].map((running) => running.stop()));
  });

  it('of a request has its id, its trace, its route and its caller', async () => {
    const id = randomUUID();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = {
      'x-request-id': id,
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      authorization: 'Bearer test-admin-token',
    };
    await app('gateway').http.get('/api/v1/files/nothing', { headers });
    await eventually(() => {
      const [access] = lines('gateway', { request_id: id, msg: 'request' });
      expect(access).toMatchObject({
        trace_id: traceId,
        route: '/api/v1/files/*',
        principal: expect.stringMatching(PRINCIPAL),
      });
    });
    for (const line of lines('gateway', { request_id: id })) {
      expect(line).toMatchObject({ trace_id: traceId, route: '/api/v1/files/*' });
    }
  });

  it('of a call has the id and trace of its request, and its own method', async () => {
    const id = randomUUID();
    await app('gateway').http.get(`/api/v1/message/${randomUUID()}`, { headers: { 'x-request-id': id } });
    await eventually(() => {
      const [access] = lines('gateway', { request_id: id, msg: 'request' });
      const [call] = lines('worker', { request_id: id });
      expect(call).toMatchObject({
        trace_id: access?.['trace_id'],
        rpc: expect.stringMatching(/MessagesService/),
      });
    });
  });

  it('of a message has the id and trace of the request that sent it, and its queue', async () => {
    const prefix = randomUUID().slice(0, 8);
    let sent = 0;
    // Other workers on the same broker may take one; among several, ours has some.
    await eventually(
      async () => {
        const headers = { 'x-request-id': `${prefix}-${sent++}` };
        await app('gateway').http.post('/api/v1/message', { queue: 'task_queue', message: {} }, { headers });
        const ours = lines('worker', { msg: 'message' }).filter(({ request_id: id }) =>
          String(id).startsWith(prefix),
        );
        expect(ours.length).toBeGreaterThan(0);
        const [access] = lines('gateway', { request_id: ours[0]?.['request_id'], msg: 'request' });
        expect(ours[0]).toMatchObject({ trace_id: access?.['trace_id'], queue: 'task_queue' });
      },
      { within: 15_000, every: 100 },
    );
  });

  // In the short form the lines of a run are checked with its trace, whose spec has a cron-server.
  (FULL ? describe : describe.skip)('of a run', () => {
    it('has its id, its trace and its job, also in the apps that it calls', async () => {
      await eventually(
        () => {
          const [run] = lines('cron-server', { job: 'messages.purge' });
          expect(run).toMatchObject({
            request_id: expect.stringMatching(/.+/),
            trace_id: expect.stringMatching(TRACE),
          });
        },
        { within: 10_000 },
      );
    });
  });

  it('has only the data of its own request, also when many requests run at once', async () => {
    const gateway = app('gateway');
    const mark = gateway.log.mark();
    const ids = Array.from({ length: 1000 }, (_, at) => `r-${at}-${at % 50}`);
    await Promise.all(
      ids.flatMap((id, at) => [
        gateway.http.get(`/slow?ms=${at % 50}`, { headers: { 'x-request-id': id } }),
        ...(at % 10 === 0 ? [gateway.http.get(`/panic`, { headers: { 'x-request-id': `p-${at}` } })] : []),
        ...(at % 10 === 0 ? [gateway.http.get(`/no/${at}`, { headers: { 'x-request-id': `n-${at}` } })] : []),
      ]),
    );
    await gateway.stop();
    const ours = gateway.log.lines(mark).filter(({ request_id: id }) => /^[rpn]-/.test(String(id)));
    const accesses = ours.filter(({ msg }) => msg === 'request');
    expect(accesses.map(({ request_id: id }) => id)).toHaveLength(1200);
    expect(new Set(accesses.map(({ request_id: id }) => id)).size).toBe(1200);
    expect(new Set(ours.map(({ trace_id: trace }) => trace)).size).toBe(1200);
    expect(ours.filter((line) => !isOfItsRequest(line))).toEqual([]);
    // Of equal errors the first has its stack, a few have their cause, and the rest is counted.
    expect(ours.filter(({ level, err }) => level === 'error' && err !== undefined)).toHaveLength(1);
    expect(accesses.filter(({ reason }) => reason === 'INTERNAL')).toHaveLength(100);
  });
});

/** Whether the data of a line belongs to the request with its id. */
function isOfItsRequest(line: LogLine): boolean {
  const [kind, at, wait] = String(line['request_id']).split('-');
  if (kind === 'p') return line['route'] === '/panic';
  if (kind === 'n') return line['path'] === undefined || line['path'] === `/no/${at}`;
  return line['route'] === '/slow' && Number(line['duration_ms']) > Number(wait) - 2;
}
