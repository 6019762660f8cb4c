import type { EchoItem } from '@app/contracts';
import { AppError, Status } from '@app/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AS_ADMIN, EdgeFixture, itemMethod, serviceOf } from '../../../test/support/apps/edge-fixture.js';

const definition = serviceOf({
  create: itemMethod('Create', {
    route: { url: '/items', method: 'POST' },
    status: 201,
    location: ({ key }) => `/items/${key}`,
    version: ({ count }) => count,
  }),
  get: itemMethod('Get', { route: { url: '/items/:key' }, version: ({ count }) => count }),
  update: itemMethod('Update', {
    route: { url: '/items/:key', method: 'PATCH' },
    requiresChange: true,
    restricted: [{ roles: ['admin'], isSet: ({ count }) => count === 99 }],
    version: ({ count }) => count,
    condition: {
      readMethod: 'get',
      readRequest: (item) => item,
      expect: (item, versions) => void (item.count = versions[0] ?? 0),
    },
  }),
  remove: itemMethod('Remove', { route: { url: '/items/:key', method: 'DELETE' }, status: 204 }),
  profile: itemMethod('Profile', {
    route: { url: '/users/:key' },
    me: 'key',
    access: { kind: 'self', roles: ['admin'] },
  }),
  audit: itemMethod('Audit', { route: { url: '/audit' }, access: { kind: 'signed-in', roles: ['auditor'] } }),
  fail: itemMethod('Fail', { route: { url: '/failures/:key' } }),
});

const seen: EchoItem[] = [];

class Items {
  async create(item: EchoItem): Promise<EchoItem> {
    seen.push(item);
    return item;
  }
  async get({ key }: EchoItem): Promise<EchoItem> {
    return { key, count: 7 };
  }
  update(item: EchoItem): Promise<EchoItem> {
    return this.create(item);
  }
  remove(item: EchoItem): Promise<EchoItem> {
    return this.create(item);
  }
  profile(item: EchoItem): Promise<EchoItem> {
    return this.create(item);
  }
  audit(item: EchoItem): Promise<EchoItem> {
    return this.create(item);
  }
  fail({ key }: EchoItem): Promise<EchoItem> {
    // oxlint-disable-next-line typescript/only-throw-error
    if (key === 'text') throw 'a text';
    throw new AppError({ reason: 'SOLD_OUT', status: Status.FAILED_PRECONDITION, message: 'Sold out.' });
  }
}

let edge: EdgeFixture;

beforeAll(async () => {
  edge = await EdgeFixture.start({ services: [{ definition, methods: Items }] });
});

beforeEach(() => void (seen.length = 0));

afterAll(() => edge.app.close());

describe('a generated route', () => {
  it('binds a request, calls the method and writes its reply', async () => {
    const { status, headers, text } = await edge.http.post('/items', { key: 'a', count: 3 });
    expect([status, text]).toEqual([201, '{"key":"a","count":3}']);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      etag: '"3"',
      location: '/items/a',
      'x-request-id': expect.any(String),
    });
    expect(seen).toEqual([{ key: 'a', count: 3 }]);
  });

  it('answers 204 without a body', async () => {
    const { status, headers, text } = await edge.http.delete('/items/a');
    expect([status, text, headers['content-type']]).toEqual([204, '', undefined]);
  });

  it('answers HEAD like GET, without the body', async () => {
    const { status, headers, text } = await edge.http.request('HEAD', '/items/a');
    expect([status, text, headers['content-length'], headers.etag]).toEqual([200, '', '21', '"7"']);
  });

  it.each([
    ['/failures/a', 412, 'SOLD_OUT'],
    ['/failures/text', 500, 'INTERNAL'],
    ['/items', 405, 'METHOD_NOT_ALLOWED'],
    ['/items/', 404, 'ROUTE_NOT_FOUND'],
  ])('has errors in the format of the contract: %s', async (path, code, reason) => {
    const reply = await edge.http.get(path);
    expect([reply.status, reply.json()]).toMatchObject([
      code,
      { code, reason, trace_id: expect.any(String) },
    ]);
  });
});

describe('a request that is not valid', () => {
  it('has the issues of binding and of the rules, each once', async () => {
    const body = { key: '', count: 'x', other: 1 };
    const reply = await edge.http.post('/items', body);
    expect(reply.json()).toMatchObject({
      reason: 'VALIDATION_FAILED',
      message: 'Validation failed: count must be a number (and 2 more, see details.issues).',
      details: {
        issues: [
          { path: 'count', message: 'must be a number' },
          { path: 'other', message: 'is not a known field' },
          { path: 'key', message: 'must have at least 1 character' },
        ],
      },
    });
    expect(seen).toEqual([]);
  });

  it('has at most 20 issues, and their number', async () => {
    const body = {
      key: 'a',
      count: 1,
      ...Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}`, 1])),
    };
    const { details } = (await edge.http.post('/items', body)).json<{ details: Record<string, unknown[]> }>();
    expect([details['issues']?.length, details['issue_count']]).toEqual([20, 30]);
  });

  it('is MALFORMED_BODY when the body is missing', async () => {
    const reply = await edge.http.request('POST', '/items');
    expect([reply.status, reply.json()]).toMatchObject([
      400,
      { reason: 'MALFORMED_BODY', message: 'The body cannot be read: it is empty.' },
    ]);
  });

  it('must change something', async () => {
    const reply = await edge.http.request('PATCH', '/items/a', { body: {} });
    expect(reply.json()).toMatchObject({
      details: { issues: [{ path: '', message: 'must change something' }] },
    });
  });
});

describe('the access rule of a generated route', () => {
  it('requires a token', async () => {
    expect((await edge.http.get('/audit')).json()).toMatchObject({ code: 401, reason: 'UNAUTHENTICATED' });
  });

  it('requires one of its roles', async () => {
    const reply = await edge.http.get('/audit', { headers: AS_ADMIN });
    expect(reply.json()).toMatchObject({ code: 403, message: 'This needs the role auditor.' });
  });

  it('admits the caller as me, and a role for others', async () => {
    for (const [path, key] of [
      ['/users/me', 'admin'],
      ['/users/other', 'other'],
    ]) {
      const reply = await edge.http.get(path ?? '', { headers: AS_ADMIN });
      expect(reply.json()).toMatchObject({ key });
    }
    expect((await edge.http.get('/users/me')).status).toBe(401);
  });

  it('protects single fields', async () => {
    const request = { body: { count: 99 } };
    expect((await edge.http.request('PATCH', '/items/a', request)).status).toBe(401);
    expect((await edge.http.request('PATCH', '/items/a', { ...request, headers: AS_ADMIN })).status).toBe(
      200,
    );
  });
});

describe('conditions', () => {
  it('answer 304 without a body when the client has the version', async () => {
    const { status, headers, text } = await edge.http.get('/items/a', {
      headers: { 'if-none-match': '"7"' },
    });
    expect([status, text, headers.etag]).toEqual([304, '', '"7"']);
    expect((await edge.http.get('/items/a', { headers: { 'if-none-match': '"6"' } })).status).toBe(200);
  });

  it.each(['GET', 'PATCH'])('answer %s with 412 for another version', async (method) => {
    const request = { headers: { 'if-match': '"6"' }, body: method === 'GET' ? undefined : { count: 2 } };
    const reply = await edge.http.request(method, '/items/a', request);
    expect([reply.status, reply.json()]).toMatchObject([412, { reason: 'PRECONDITION_FAILED' }]);
    expect(seen).toEqual([]);
  });

  it('reach the service as the versions that it must find', async () => {
    await edge.http.request('PATCH', '/items/a', { headers: { 'if-match': '"7"' }, body: { count: 2 } });
    await edge.http.request('PATCH', '/items/a', { headers: { 'if-match': '*' }, body: { count: 2 } });
    expect(seen.map(({ count }) => count)).toEqual([7, 2]);
  });

  it('are ignored by a method without them', async () => {
    expect(
      (await edge.http.post('/items', { key: 'a', count: 3 }, { headers: { 'if-match': '"1"' } })).status,
    ).toBe(201);
  });
});
