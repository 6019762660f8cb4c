import { randomInt } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningSystem } from '../../support/apps/running-system.js';
import { byForm } from '../../support/assertions/form.js';
import { DescribedApi } from '../described-api.js';
import { Random } from './random.js';
import { faultOf } from './reply-judge.js';
import { type MadeRequest, RequestMaker } from './request-maker.js';

/** The short form repeats the same requests, so that it fails only after a change. `SEED` repeats a run of the long form. */
const SEED = Number(process.env['SEED'] ?? byForm({ short: 1, full: randomInt(2 ** 31) }));
const COUNT = byForm({ short: 600, full: 20_000 });
/** In milliseconds. A slow machine sends fewer requests; this is no measure of anything. */
const BUDGET = byForm({ short: 40_000, full: 15 * 60_000 });
/** How long one reply may take, in milliseconds: more than http.deadline. */
const PATIENCE = 45_000;
const SENDERS = 8;
const ADMIN = 'Bearer test-admin-token';
/** Separates the log lines of these requests from those of other specs. */
const ID = { 'x-request-id': `generated-${process.pid}` };

describe(`requests that are made from the rules of the proto files, with SEED=${SEED},`, () => {
  const { http, apps } = runningSystem();
  const api = new DescribedApi();
  const random = new Random(SEED);
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  const maker = new RequestMaker(api, random, [undefined, ADMIN, ADMIN, ADMIN, 'Bearer unknown']);
  const routes = api.routes();
  const faults: unknown[] = [];
  const statuses = new Map<string, Set<number>>();

  beforeAll(() => {
    process.stdout.write(`Generated requests: repeat them with SEED=${SEED}\n`);
  });

  afterAll(() => agent.destroy());

  async function send({ rpc, method, url, body, headers }: MadeRequest): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE);
    const shown = { method, url: url.slice(0, 300), headers, body: body?.slice(0, 500) };
    try {
      const reply = await http.request(method, url, { headers: { ...ID, ...headers }, body, agent, signal });
      const fault = faultOf(method, reply);
      if (fault !== undefined)
        faults.push({ fault, ...shown, status: reply.status, reply: reply.text.slice(0, 500) });
      statuses.set(rpc, (statuses.get(rpc) ?? new Set()).add(reply.status));
      const { id } = method === 'POST' && reply.status === 201 ? reply.json() : {};
      if (typeof id === 'string' || typeof id === 'number') maker.remember(String(id));
    } catch (error) {
      faults.push({ fault: 'got no reply', ...shown, error });
    }
  }

  it(
    `receive no undocumented failure, no internals and no late reply (${COUNT} requests)`,
    async () => {
      const mark = apps.gateway.log.mark();
      const end = Date.now() + BUDGET;
      // Each request is made when its turn comes, whatever the order of the replies is: a seed repeats them.
      let sent = 0;
      const sendAll = async () => {
        while (sent < COUNT && Date.now() < end && faults.length < 20) {
          const route = routes[sent % routes.length];
          sent += 1;
          if (route) await send(maker.make(route));
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, sendAll));
      expect(faults).toEqual([]);
      const logged = apps.gateway.log.errors(mark);
      expect(logged.filter(({ request_id: id }) => id === ID['x-request-id'])).toEqual([]);
      expect(sent).toBeGreaterThan(routes.length * 4);
    },
    BUDGET + 2 * PATIENCE,
  );

  it('reach every method, with a success for nearly all', () => {
    const succeeded = [...statuses].filter(([, seen]) => [...seen].some((status) => status < 300));
    expect([...statuses.keys()].sort()).toEqual([...new Set(routes.map(({ rpc }) => rpc))].sort());
    expect(succeeded.length).toBeGreaterThanOrEqual(statuses.size / 2);
  });
});

describe('the judge of replies', () => {
  const HEADERS = { 'content-type': 'application/json; charset=utf-8' };
  const ERROR = { code: 404, reason: 'ROUTE_NOT_FOUND', message: 'No route.', trace_id: 'a', details: {} };
  const judge = (status: number, body: unknown, headers = HEADERS) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return faultOf('GET', { status, headers, text, bytes: Buffer.from(text), json: () => body as never });
  };

  it('accepts documented replies', () => {
    expect(judge(200, {})).toBeUndefined();
    expect(judge(404, ERROR)).toBeUndefined();
    expect(judge(503, { ...ERROR, code: 503, reason: 'OVERLOADED' })).toBeUndefined();
  });

  it.each([
    ['is 500 INTERNAL', 500, { ...ERROR, code: 500, reason: 'INTERNAL' }],
    ['is 503 INTERNAL', 503, { ...ERROR, code: 503, reason: 'INTERNAL' }],
    ['shows internals', 404, { ...ERROR, message: 'Error\n    at run (/app/main.js:1:2)' }],
    ['shows internals', 200, 'connect ECONNREFUSED 127.0.0.1:5432'],
    ['has the code 404', 400, ERROR],
    ['has no reason', 404, { ...ERROR, reason: 'not found' }],
    ['also has stack', 404, { ...ERROR, stack: '' }],
    ['has 21 issues', 404, { ...ERROR, details: { issues: Array.from({ length: 21 }) } }],
    ['is no JSON', 200, 'ok'],
    ['has a body', 204, {}],
  ])('finds that a reply %s', (fault, status, body) => {
    expect(judge(status, body)).toBe(fault);
  });

  it('finds an error of another type', () => {
    expect(judge(404, ERROR, { 'content-type': 'text/html' })).toBe('has the type "text/html"');
  });
});
