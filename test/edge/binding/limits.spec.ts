import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConformanceApp } from '../conformance-app.js';
import { UNKNOWN } from './binding-case.js';
import { expectKept } from './expect-kept.js';

interface Refusal {
  reason: string;
  details: { issues: { path: string; message: string }[]; issue_count?: number };
}

const app = new ConformanceApp();

beforeAll(() => app.start());

afterAll(() => app.close());

async function refusalOf(url: string, body?: unknown): Promise<Refusal> {
  const reply = await app.send({ send: [body === undefined ? 'GET' : 'POST', url], body });
  expect(reply.status).toBe(400);
  expect(app.called).toEqual([]);
  return reply.json<Refusal>();
}

const names = (count: number) => Array.from({ length: count }, (_, at) => `unknown_${at}`);

describe('a large request', () => {
  it('has a list of any length', async () => {
    const int32s = Array.from({ length: 100_000 }, (_, at) => at);
    expect((await app.send({ send: ['POST', '/v1/lists'], body: { int32s } })).status).toBe(200);
    expect(app.called).toMatchObject([['BodiesService.Lists', { int32s }]]);
  });

  it('with many unknown fields lists 20 of them, and their number', async () => {
    const { reason, details } = await refusalOf(
      '/v1/scalars',
      Object.fromEntries(names(30_000).map((name) => [name, 1])),
    );
    expect(reason).toBe('VALIDATION_FAILED');
    expect(details.issue_count).toBe(30_000);
    expect(details.issues).toEqual(names(20).map((path) => ({ path, message: UNKNOWN })));
  });

  it('with many unknown parameters lists 20 of them, and their number', async () => {
    const { details } = await refusalOf(
      `/v1/query/scalars?${names(300)
        .map((name) => `${name}=1`)
        .join('&')}`,
    );
    expect([details.issues.length, details.issue_count]).toEqual([20, 300]);
  });

  it('with many wrong items lists 20 of them, and their number', async () => {
    const { details } = await refusalOf('/v1/lists', { strings: Array.from({ length: 100_000 }, () => 1) });
    expect([details.issues.length, details.issue_count]).toEqual([20, 100_000]);
    expect(details.issues.at(-1)?.path).toBe('strings[19]');
  });

  it('that breaks a rule in many items lists 20 of them, and their number', async () => {
    const items = Array.from({ length: 1000 }, () => ({ key: '', count: 1 }));
    const { details } = await refusalOf('/v1/rules', { name: 'a', at: '2026-03-01T00:00:00Z', items });
    expect([details.issues.length, details.issue_count]).toEqual([20, 1000]);
    expect(details.issues[3]).toEqual({ path: 'items[3].key', message: 'must have at least 1 character' });
  });

  it('has a long unknown name, which the reply shortens', async () => {
    const { details } = await refusalOf('/v1/scalars', { ['x'.repeat(500_000)]: 1 });
    expect(details.issues[0]?.path.length).toBeLessThan(300);
  });
});

/** A tree with this number of levels below its root, as JSON text. */
function deep(levels: number, field: string, leaf = '{}'): string {
  const [open, close] = { children: ['{"children":[', ']}'], twin: ['{"twin":', '}'] }[field] ?? [
    '{"branches":{"a":',
    '}}',
  ];
  return open.repeat(levels) + leaf + close.repeat(levels);
}

describe.each(['twin', 'children', 'branches'])('a message that holds itself in %s', (field) => {
  it('is bound to a depth of 40', async () => {
    expect((await app.send({ send: ['POST', '/v1/trees'], body: deep(40, field) })).status).toBe(200);
    expectKept(app.called);
  });

  // A decoder of protobuf accepts about 100 levels.
  it.each([45, 49, 50, 51, 98, 99, 100, 101])(
    'is refused or survives the wire at a depth of %d',
    async (levels) => {
      const reply = await app.send({ send: ['POST', '/v1/trees'], body: deep(levels, field) });
      expectKept(app.called);
      expect([reply.status, app.called.length]).toEqual(reply.status === 200 ? [200, 1] : [400, 0]);
    },
  );

  it.each([200, 1000, 20_000])('is refused at a depth of %d', async (levels) => {
    const { reason, details } = await refusalOf('/v1/trees', deep(levels, field));
    expect(reason).toBe('VALIDATION_FAILED');
    expect(details.issues).toHaveLength(1);
  });

  it('has an issue at the path of a wrong leaf', async () => {
    const { details } = await refusalOf('/v1/trees', deep(3, field, '{"name":1}'));
    const step = { twin: 'twin', children: 'children[0]', branches: 'branches.a' }[field];
    expect(details.issues).toMatchObject([{ path: `${step}.${step}.${step}.name` }]);
  });
});

describe.each([
  ['objects', '{"a":', '}'],
  ['lists', '[', ']'],
])('JSON without a schema of nested %s', (_kind, open, close) => {
  const send = (levels: number) =>
    app.send({
      send: ['PUT', '/v1/envelopes/7/value'],
      body: `${open.repeat(levels)}1${close.repeat(levels)}`,
    });

  it('survives the wire at a depth of 30', async () => {
    expect((await send(30)).status).toBe(200);
    expectKept(app.called);
  });

  it('is bound at a depth of 64, for a method of the app itself', async () => {
    expect((await send(64)).status).toBe(200);
    expect(app.called).toHaveLength(1);
  });

  it.each([66, 1000, 100_000])('is refused at a depth of %d', async (levels) => {
    expect(await send(levels)).toMatchObject({
      status: 400,
      text: expect.stringContaining('MALFORMED_BODY'),
    });
  });
});

describe('a rule of a field', () => {
  const VALID = { name: 'a', at: '2026-03-01T00:00:00Z', items: [{ key: 'k', count: 1 }] };

  it('is checked after the request is read', async () => {
    expect((await app.send({ send: ['POST', '/v1/rules'], body: VALID })).status).toBe(200);
  });

  it('is not checked at a field that could not be read', async () => {
    const items = [{ key: 1, count: '1' }];
    const { details } = await refusalOf('/v1/rules', { ...VALID, name: 1, amount: 0, at: 'now', items });
    expect(details.issues.map(({ path }) => path).sort()).toEqual([
      'amount',
      'at',
      'items[0].count',
      'items[0].key',
      'name',
    ]);
  });

  it('refuses a request without a body as malformed', async () => {
    const reply = await app.send({ send: ['POST', '/v1/rules'] });
    expect([reply.status, reply.json()]).toMatchObject([400, { reason: 'MALFORMED_BODY' }]);
  });
});
