import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AS_ADMIN } from '../support/apps/edge-fixture.js';
import { type BindingCase, titleOf } from './binding/binding-case.js';
import { check } from './binding/check.js';
import { fieldOptionCases, methodOptionCases, queryOptionCases } from './binding/options.cases.js';
import { ConformanceApp } from './conformance-app.js';

const app = new ConformanceApp();
const NOTE = {
  id: 'a/b',
  text: 't',
  version: 3,
  createdAt: new Date('2026-03-01T00:00:00Z'),
  tags: [],
  remark: '',
  author: { authorName: 'a' },
  payloadJson: '{}',
  storageKey: 'hidden',
  period: 2,
};
const UPDATE = { send: ['PATCH', '/v1/notes/7'], body: { text: 'b' } } as const;

beforeAll(() => app.start());

beforeEach(() => {
  app.replies.clear();
  for (const method of ['Create', 'Get', 'Update']) app.replies.set(`NotesService.${method}`, NOTE);
  for (const method of ['List', 'BatchGet']) app.replies.set(`NotesService.${method}`, { items: [] });
  app.replies.set('NotesService.Delete', {});
});

afterAll(() => app.close());

const asAdmin = (each: BindingCase): BindingCase => ({ ...each, headers: { ...AS_ADMIN, ...each.headers } });

describe.each([
  ['an option of a field of a body', fieldOptionCases],
  ['an option of a field of a query', queryOptionCases],
  ['an option of a method', methodOptionCases],
])('%s', (_kind, cases) => {
  it.each(cases.map((each) => [titleOf(each), each] as const))('%s', async (_title, each) => {
    expect(await check(app, asAdmin(each))).toBe(true);
  });
});

describe('the access of a method', () => {
  const statusOf = async (send: readonly [string, string], body?: unknown) =>
    (await app.send({ send, body })).status;

  it('is checked before the request is read', async () => {
    expect(await statusOf(['POST', '/v1/notes'], { colour: 1 })).toBe(401);
    expect(await statusOf(['DELETE', '/v1/notes/7?x=1'])).toBe(401);
    expect(await statusOf(['GET', '/v1/profiles/me'])).toBe(401);
  });

  it('is open for public methods', async () => {
    expect(await statusOf(['GET', '/v1/notes/7'])).toBe(200);
    expect(await statusOf(['POST', '/v1/notes:batchGet'], { items: [{ id: 'a' }] })).toBe(200);
  });

  it('protects single fields of a public method', async () => {
    expect(await statusOf(['PATCH', '/v1/notes/7'], { verified: true })).toBe(401);
    expect(await statusOf(['PATCH', '/v1/notes/7'], { verified: false })).toBe(401);
    expect(app.called).toEqual([]);
    expect((await app.send({ ...UPDATE, body: { verified: true }, headers: AS_ADMIN })).status).toBe(200);
  });
});

describe('a field with roles in a nested message', () => {
  const patch = (review: unknown, headers = {}) => app.send({ ...UPDATE, body: { review }, headers });

  it('is protected, while the other fields are open', async () => {
    expect((await patch({ remark: 'good' })).status).toBe(200);
    expect((await patch({ remark: 'good', approved: true })).status).toBe(401);
    expect((await patch({ approved: true }, AS_ADMIN)).status).toBe(200);
  });
});

describe('the reply of a method', () => {
  it('has its status, location and version', async () => {
    const body = { text: 't', author_name: 'a' };
    const reply = await app.send({ send: ['POST', '/v1/notes'], body, headers: AS_ADMIN });
    expect(reply).toMatchObject({ status: 201, headers: { location: '/v1/notes/a%2Fb', etag: '"3"' } });
    expect(reply.json()).toMatchObject({ id: 'a/b', version: 3 });
  });

  it('is empty with the status 204', async () => {
    const reply = await app.send({ send: ['DELETE', '/v1/notes/7'], headers: AS_ADMIN });
    expect([reply.status, reply.text]).toEqual([204, '']);
  });

  it.each([
    ['GET', 'if-none-match', '"3"', 304],
    ['GET', 'if-none-match', 'W/"3"', 304],
    ['GET', 'if-none-match', '"2", "3"', 304],
    ['GET', 'if-none-match', '*', 304],
    ['GET', 'if-none-match', '"2"', 200],
    ['GET', 'if-match', '"2"', 412],
    ['GET', 'if-match', '"3"', 200],
    ['PATCH', 'if-match', '"2"', 412],
    ['PATCH', 'if-match', 'W/"3"', 412],
    ['PATCH', 'if-match', '"3"', 200],
    ['PATCH', 'if-match', '*', 200],
    ['PATCH', 'if-none-match', '*', 412],
  ])('follows the conditions of %s with %s: %s (%d)', async (method, name, value, status) => {
    const body = method === 'GET' ? undefined : UPDATE.body;
    const reply = await app.send({ send: [method, '/v1/notes/7'], body, headers: { [name]: value } });
    expect(reply.status).toBe(status);
  });

  it('follows a condition with the version that the service must find', async () => {
    await app.send({ ...UPDATE, headers: { 'if-match': '"3", "4"' } });
    const [, update] = app.called;
    expect(update).toMatchObject([
      'NotesService.Update',
      { id: '7', expectedVersions: expect.arrayContaining([3]) },
    ]);
  });
});
