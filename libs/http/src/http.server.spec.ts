import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CLOSE,
  expectRefusal,
  get,
  JSON_TYPE,
  order,
  OrdersServer,
  post,
} from '../../../test/support/apps/orders-server.js';

let server: OrdersServer;

beforeAll(async () => {
  server = await OrdersServer.start();
});

beforeEach(() => server.forget());

afterAll(() => server.app.close());

describe('an address', () => {
  it.each([
    ['GET', '/orders/7/'],
    ['POST', '/orders/'],
    ['DELETE', '/orders/'],
    ['GET', '/orders/?id=7'],
    ['DELETE', '//orders/7'],
    ['GET', '/ORDERS/7'],
    ['GET', '/orders%2F7'],
    ['GET', '/orders/7//'],
    ['OPTIONS', '*'],
  ])('without a route is 404, even when it resembles one: %s %s', async (method, path) => {
    expectRefusal(
      await server.replyTo(`${method} ${path} HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`),
      404,
      'ROUTE_NOT_FOUND',
    );
  });

  it('that is very long is not repeated whole in the message', async () => {
    const reply = await server.replyTo(get(`/orders/7/${'x'.repeat(5000)}`, CLOSE));
    expectRefusal(reply, 404, 'ROUTE_NOT_FOUND');
    expect(reply.body.length).toBeLessThan(500);
  });

  it('is 404 when its handler throws a 404', async () => {
    expectRefusal(await server.replyTo(get('/orders/7', CLOSE)), 404, 'ROUTE_NOT_FOUND');
  });

  it.each([
    ['PUT', '/orders/7', 'DELETE, GET, HEAD'],
    ['OPTIONS', '/orders/7', 'DELETE, GET, HEAD'],
    ['PROPFIND', '/orders', 'POST'],
    ['GET', '/orders', 'POST'],
    ['GET', '/%6frders', 'POST'],
  ])('answers %s %s with 405 and its allowed methods', async (method, path, allow) => {
    const reply = await server.replyTo(`${method} ${path} HTTP/1.1\r\nhost: a\r\n${CLOSE}\r\n`);
    expectRefusal(reply, 405, 'METHOD_NOT_ALLOWED');
    expect(reply.headers['allow']).toBe(allow);
  });
});

describe('an absent body', () => {
  it.each([
    ['DELETE', '/orders/7', JSON_TYPE],
    ['DELETE', '/orders/7', `${JSON_TYPE}content-length: 0\r\n`],
    ['DELETE', '/orders/7', 'content-type: text/plain\r\n'],
    ['POST', '/ticks', JSON_TYPE],
    ['POST', '/ticks', `${JSON_TYPE}content-length: 0\r\n`],
    ['POST', '/ticks', 'content-type: nonsense\r\ncontent-length: 0\r\n'],
    ['POST', '/ticks', ''],
    ['GET', '/slow?ms=0', JSON_TYPE],
  ])('is accepted with any type: %s %s %j', async (method, path, headers) => {
    const { status } = await server.replyTo(
      `${method} ${path} HTTP/1.1\r\nhost: a\r\n${headers}${CLOSE}\r\n`,
    );
    expect(status).toBeLessThan(300);
  });

  it.each(['DELETE /orders/7', 'POST /ticks'])('may be chunked and empty: %s', async (start) => {
    const head = `${start} HTTP/1.1\r\nhost: a\r\n${JSON_TYPE}transfer-encoding: chunked\r\n${CLOSE}\r\n`;
    expect((await server.replyTo(`${head}0\r\n\r\n`)).status).toBeLessThan(300);
    expect(server.ran).toHaveLength(1);
  });

  it('is refused where one is required', async () => {
    for (const headers of ['', `${JSON_TYPE}content-length: 0\r\n`, JSON_TYPE])
      expectRefusal(await server.replyTo(post('/orders', headers + CLOSE)), 400, 'MALFORMED_BODY');
  });

  it('is distinguished from a chunked body', async () => {
    const head = `POST /orders HTTP/1.1\r\nhost: a\r\n${JSON_TYPE}transfer-encoding: chunked\r\n${CLOSE}\r\n`;
    const reply = await server.replyTo(head, '6\r\n{"id":\r\n', '4\r\n"a"}\r\n', '0\r\n\r\n');
    expect([reply.status, server.ran]).toEqual([201, ['a']]);
  });
});

describe('an ambiguous request', () => {
  it.each([
    ['two hosts', get('/slow?ms=0', 'host: b\r\n')],
    ['an address that is not encoded', get('/orders/%zz')],
    ['no host', 'GET /slow?ms=0 HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['an empty host', 'GET /slow?ms=0 HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n'],
    ['a host with a path', 'GET /slow?ms=0 HTTP/1.1\r\nhost: a/b\r\nconnection: close\r\n\r\n'],
    ['a host with a user', 'GET /slow?ms=0 HTTP/1.1\r\nhost: u@a\r\nconnection: close\r\n\r\n'],
    ['two hosts in one', 'GET /slow?ms=0 HTTP/1.1\r\nhost: a, b\r\nconnection: close\r\n\r\n'],
    ['an invalid port', 'GET /slow?ms=0 HTTP/1.1\r\nhost: a:b\r\nconnection: close\r\n\r\n'],
    ['two types', order('x', JSON_TYPE)],
    ['two callers', get('/slow?ms=0', 'authorization: Bearer a\r\nAuthorization: Bearer b\r\n')],
    ['two keys', order('x', 'idempotency-key: a\r\nidempotency-key: b\r\n')],
    ['two lengths', order('x', 'content-length: 3\r\n')],
    ['the same length twice', order('x', 'content-length: 10\r\n')],
    ['a length and chunks', order('x', 'transfer-encoding: chunked\r\n')],
    [
      'chunks of HTTP/1.0',
      `POST /orders HTTP/1.0\r\n${JSON_TYPE}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a folded header', get('/slow?ms=0', 'x-a: b\r\n c\r\n')],
    ['a bare line feed', 'GET /slow?ms=0 HTTP/1.1\nhost: a\n\n'],
    ['a space before the colon', get('/slow?ms=0', 'x-a : b\r\n')],
    ['a negative length', post('/orders', `${JSON_TYPE}content-length: -1\r\n`)],
    ['a length that is not a number', post('/orders', `${JSON_TYPE}content-length: 1e1\r\n`)],
  ])('is refused: %s', async (_what, bytes) => {
    expectRefusal(
      await server.replyTo(bytes.replace('\r\n\r\n', `\r\n${CLOSE}\r\n`)),
      400,
      'MALFORMED_REQUEST',
    );
    expect(server.ran).toEqual([]);
  });

  it('is refused when its transfer coding is unknown', async () => {
    const reply = await server.replyTo(
      post('/orders', `${JSON_TYPE}transfer-encoding: gzip, chunked\r\n${CLOSE}`),
    );
    expectRefusal(reply, 501, 'NOT_IMPLEMENTED');
  });

  it('is refused when it is a CONNECT', async () => {
    expectRefusal(await server.replyTo(`CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n`), 501, 'NOT_IMPLEMENTED');
  });

  it.each(['a', 'a.example:8080', '127.0.0.1:80', '[::1]:8080', '[2001:db8::1]', 'a_b.svc'])(
    'is not one with the host %s',
    async (host) => {
      const { status } = await server.replyTo(`GET /slow?ms=0 HTTP/1.1\r\nhost: ${host}\r\n${CLOSE}\r\n`);
      expect(status).toBe(200);
    },
  );

  it('starts a new trace when the caller sends two', async () => {
    const parent = `traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01\r\n`;
    const { body } = await server.replyTo(get('/nowhere', parent + parent + CLOSE));
    expect(body).not.toContain('a'.repeat(32));
  });
});
