import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { addressRefusalOf } from '../address.rules.js';
import { toHttpError } from '../to-http-error.js';
import { BodyBudget } from './body-budget.js';
import { contentRefusalOf } from './content.rules.js';
import { registerJsonBody } from './json-body.parser.js';

const JSON_TYPE = 'application/json';

/** A server that replies with what it has read, without the rest of the pipeline. */
function server(): FastifyInstance {
  const app = fastify();
  registerJsonBody(app, new BodyBudget(1 << 26));
  app.addHook('onRequest', (request, _reply, done) =>
    done(addressRefusalOf(request) ?? contentRefusalOf(request.headers)),
  );
  app.setErrorHandler((thrown, { method, url, headers }, reply) => {
    const type = headers['content-type'];
    const error = toHttpError(thrown, {
      method,
      path: url,
      contentType: type,
      bodyLimit: 1 << 20,
    });
    void reply.status(error.status.http).send(error.toJSON());
  });
  app.post('/exact', { config: { exactJson: true } }, ({ body }) => ({ read: body }));
  app.post('/described', ({ body }) => ({ read: body }));
  app.get('/read/:name', ({ params, query }) => ({ params, query }));
  return app;
}

describe('the reader of requests', () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = server();
    await app.ready();
  });
  afterAll(() => app.close());

  const post = async (url: string, payload: string | Buffer, headers: Record<string, string> = {}) => {
    const reply = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': JSON_TYPE, ...headers },
    });
    return { status: reply.statusCode, text: reply.body, ...reply.json<Record<string, unknown>>() };
  };

  describe.each(['/exact', '/described'])('of a body for %s', (url) => {
    it.each([
      ['Latin-1', Buffer.from('{"a":"\xe9"}', 'latin1')],
      ['UTF-16 with its mark', Buffer.from('\ufeff{"a":1}', 'utf16le')],
      ['UTF-16 without', Buffer.from('{"a":1}', 'utf16le')],
      ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
      ['half of a surrogate pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
      ['gzip that does not say so', gzipSync('{"a":1}')],
      ['no JSON', Buffer.from('{"a":')],
      ['nothing', Buffer.alloc(0)],
      ['the name __proto__', Buffer.from('{"a":[{"__proto__":{"b":1}}]}')],
      ['the name __proto__ with an escape', Buffer.from(String.raw`{"\u005f_proto__":1}`)],
    ])('refuses %s as malformed', async (_what, payload) => {
      expect(await post(url, payload)).toMatchObject({ status: 400, reason: 'MALFORMED_BODY' });
    });

    it.each([
      [String.raw`{"a":{"b":["x\u0000"]}}`, 'a.b[0]'],
      [String.raw`{"a\u0000":1}`, String.raw`a\u0000`],
      [String.raw`{"a":"\ud800"}`, 'a'],
      [String.raw`["\udfff\ud800"]`, '[0]'],
    ])('refuses text that cannot be stored, and names its path: %s', async (payload, path) => {
      expect(await post(url, payload)).toMatchObject({
        status: 400,
        reason: 'VALIDATION_FAILED',
        details: { issues: [{ path }] },
      });
    });

    it.each([
      ['{"constructor":{"prototype":{"x":1}},"prototype":2,"":3}'],
      [String.raw`{"a":"\ud83d\ude00 \u0001"}`],
      ['[[],{},"",null,false,-1.5e-7]'],
      ['"text"'],
    ])('keeps %s', async (payload) => {
      const { text } = await post(url, payload);
      expect(text).toBe(JSON.stringify({ read: JSON.parse(payload) as unknown }));
    });

    it.each([
      ['application/json; charset=latin1', {}],
      ['application/json; charset="UTF-16"', {}],
      ['application/json;charset=iso-8859-1', {}],
      [JSON_TYPE, { 'content-encoding': 'gzip' }],
      [JSON_TYPE, { 'content-encoding': 'BR' }],
      [JSON_TYPE, { 'content-encoding': 'identity, deflate' }],
      [JSON_TYPE, { 'content-encoding': 'x' }],
    ])('does not read %s %j', async (type, headers) => {
      expect(await post(url, '{}', { 'content-type': type, ...headers })).toMatchObject({
        status: 415,
        reason: 'UNSUPPORTED_MEDIA_TYPE',
      });
    });

    it.each([
      ['application/json; charset=utf-8', {}],
      ['application/json; charset="UTF-8"', {}],
      ['APPLICATION/JSON;charset=us-ascii', {}],
      ['application/json; profile="x; charset=latin1"', {}],
      [JSON_TYPE, { 'content-encoding': 'identity' }],
      [JSON_TYPE, { 'content-encoding': 'Identity, identity' }],
      [JSON_TYPE, { 'content-encoding': '' }],
    ])('reads %s %j', async (type, headers) => {
      expect(await post(url, '{}', { 'content-type': type, ...headers })).toMatchObject({ status: 200 });
    });
  });

  it.each([
    ['{"message":{"a":[1,{"b":1,"b":1}]}}', 'message.a[1].b'],
    [String.raw`{"message":{"a":1,"\u0061":1}}`, 'message.a'],
    ['{"message":[1,1e400]}', 'message[1]'],
    ['{"message":12345678901234567890}', 'message'],
    [`{"message":${'['.repeat(65)}${']'.repeat(65)}}`, `message${'[0]'.repeat(64)}`],
  ])('refuses a payload without a schema that would change when it is read: %s', async (payload, path) => {
    expect(await post('/exact', payload)).toMatchObject({
      status: 400,
      reason: 'MALFORMED_BODY',
      details: { issues: [{ path }] },
    });
    expect(await post('/described', payload)).toMatchObject({ status: 200 });
  });

  it('keeps a payload that is nested 64 deep', async () => {
    const payload = `{"message":${'['.repeat(64)}${']'.repeat(64)}}`;
    expect(await post('/exact', payload)).toMatchObject({ status: 200 });
  });

  it.each([
    ['/read/a%00b', 'VALIDATION_FAILED'],
    ['/read/a?q=%00', 'VALIDATION_FAILED'],
    ['/read/a?%00=q', 'VALIDATION_FAILED'],
    ['/read/a?q=1&q=b%00', 'VALIDATION_FAILED'],
    ['/read/a?q=%FF', 'MALFORMED_REQUEST'],
    ['/read/a?q=%C0%80', 'MALFORMED_REQUEST'],
    ['/read/a?q=%ED%A0%80', 'MALFORMED_REQUEST'],
    ['/read/a?q=%zz', 'MALFORMED_REQUEST'],
  ])('refuses the URL %s', async (url, reason) => {
    const reply = await app.inject({ method: 'GET', url });
    expect([reply.statusCode, reply.json<{ reason: string }>().reason]).toEqual([400, reason]);
  });

  it('reads a URL in UTF-8', async () => {
    const reply = await app.inject({ method: 'GET', url: '/read/%C3%A9%E2%82%AC?q=%F0%9F%98%80+%25' });
    expect(reply.json()).toEqual({ params: { name: 'é€' }, query: { q: '😀 %' } });
  });
});
