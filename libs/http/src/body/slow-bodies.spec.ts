import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import {
  bytesOf,
  CLOSE,
  expectRefusal,
  get,
  JSON_TYPE,
  order,
  OrdersServer,
  post,
} from '../../../../test/support/apps/orders-server.js';
import { RawConnection } from '../../../../test/support/network/raw-connection.js';

const LENGTH = 'content-length: 1000\r\n';
const CHUNKED = 'transfer-encoding: chunked\r\n';
const FORM = 'content-type: multipart/form-data; boundary=x\r\n';

let server: OrdersServer;

beforeAll(async () => {
  server = await OrdersServer.start({
    headersTimeout: '300ms',
    requestTimeout: '1m',
    bodyTimeout: '300ms',
    bodyRateWindow: '200ms',
    minBodyRate: '1KiB',
    bodyBudget: '1MiB',
  });
});

beforeEach(() => server.forget());

afterAll(() => server.app.close());

describe('a client that is slow', () => {
  it.each([
    ['with a body of a known length', post('/orders', JSON_TYPE + LENGTH, '{"id":')],
    ['with a body that it does not begin', post('/orders', JSON_TYPE + LENGTH)],
    ['with chunks', post('/orders', JSON_TYPE + CHUNKED, '1\r\n{\r\n')],
    ['with the first chunk', post('/orders', JSON_TYPE + CHUNKED)],
    [
      'after much of the body',
      post('/orders', `${JSON_TYPE}content-length: 900000\r\n`, 'x'.repeat(899_999)),
    ],
    ['after another request', order('a') + post('/orders', JSON_TYPE + LENGTH, '{')],
  ])('%s is answered with 408 and cut off', async (_what, bytes) => {
    const replies = await server.exchange(bytes);
    const reply = replies.at(-1);
    expectRefusal(reply, 408, 'REQUEST_TIMEOUT');
    expect(reply?.headers['connection']).toBe('close');
    await eventually(() => expect(server.lines.at(-1)).toMatchObject({ status: 408 }));
  });

  it('with its headers is cut off at about the end of its time', async () => {
    const startedAt = performance.now();
    const replies = await Promise.all([server.replyTo('POST /or'), server.replyTo('')]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    for (const reply of replies) expectRefusal(reply, 408, 'REQUEST_TIMEOUT');
  });

  it.each([
    ['no route', 404, post('/nowhere', JSON_TYPE + LENGTH, '{')],
    ['no such method', 405, bytesOf('PUT /orders', JSON_TYPE + LENGTH, '{')],
    ['another type', 415, post('/orders', FORM + LENGTH, '{')],
    ['another encoding', 415, post('/orders', `${JSON_TYPE}content-encoding: gzip\r\n${LENGTH}`, '{')],
    ['a route that reads no body', 200, get('/slow?ms=0', LENGTH)],
    ['a form that nobody reads', 201, post('/forms', FORM + LENGTH, '--x')],
  ])('is cut off when its body meets %s', async (_what, status, bytes) => {
    expect((await server.exchange(bytes)).map((reply) => reply.status)).toEqual([status]);
  });

  it('does not keep others waiting', async () => {
    const slow = await RawConnection.open(server.port);
    slow.send(post('/orders', JSON_TYPE + LENGTH, '{'));
    expect((await server.replyTo(order('a', CLOSE))).status).toBe(201);
    await slow.closed();
  });

  it('because of a slow handler is not cut off: only the time of its body counts', async () => {
    expect((await server.replyTo(get('/slow?ms=800', CLOSE))).status).toBe(200);
  });
});

describe('a body of very many chunks of one byte', () => {
  const chunks = '1\r\nx\r\n'.repeat(50_000);

  it.each([
    ['JSON', 400, post('/orders', JSON_TYPE + CHUNKED, chunks)],
    ['a form that nobody reads', 201, post('/forms', FORM + CHUNKED, chunks)],
    ['JSON for an unknown route', 404, post('/nowhere', JSON_TYPE + CHUNKED, chunks)],
  ])('is not read to its end: %s', async (_what, status, bytes) => {
    expect((await server.exchange(bytes)).map((reply) => reply.status)).toEqual([status]);
  });

  it('is accepted when there are fewer chunks', async () => {
    const body = Array.from(JSON.stringify({ id: 'x'.repeat(2_000) }), (byte) => `1\r\n${byte}\r\n`);
    const bytes = post('/orders', JSON_TYPE + CHUNKED + CLOSE, `${body.join('')}0\r\n\r\n`);
    expect((await server.replyTo(bytes)).status).toBe(201);
  });
});

describe('bodies that need more memory than is available', () => {
  it('are refused with 503, the largest first, and others are served', async () => {
    const connections = await Promise.all(Array.from({ length: 3 }, () => RawConnection.open(server.port)));
    for (const connection of connections)
      connection.send(post('/orders', `${JSON_TYPE}content-length: 600000\r\n`, 'x'.repeat(599_999)));
    expect((await server.replyTo(order('a', CLOSE))).status).toBe(201);
    await Promise.all(connections.map((connection) => connection.closed()));
    const statuses = connections.flatMap((connection) => connection.statuses());
    expect(statuses.toSorted((a, b) => a - b)).toEqual([408, 503, 503]);
    const refused = connections
      .flatMap((connection) => connection.replies())
      .find(({ status }) => status === 503);
    expectRefusal(refused, 503, 'OVERLOADED');
    expect(refused?.headers).toMatchObject({ connection: 'close', 'retry-after': '1' });
  });
});
