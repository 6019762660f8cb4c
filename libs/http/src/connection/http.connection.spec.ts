import { RequestContext } from '@app/context';
import { Metrics } from '@app/telemetry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import {
  CLOSE,
  expectRefusal,
  get,
  JSON_TYPE,
  order,
  OrdersServer,
  post,
} from '../../../../test/support/apps/orders-server.js';
import { RawConnection } from '../../../../test/support/network/raw-connection.js';

let server: OrdersServer;

beforeAll(async () => {
  server = await OrdersServer.start();
});

beforeEach(() => server.forget());

afterAll(() => server.app.close());

describe('pipelined requests on a connection', () => {
  it('are all answered before the connection closes because of invalid bytes', async () => {
    const replies = await server.exchange(get('/slow?ms=80') + order('a') + 'NONSENSE\r\n\r\n');
    expect(replies.map(({ status }) => status)).toEqual([200, 201, 400]);
    expectRefusal(replies[2], 400, 'MALFORMED_REQUEST');
    expect(new Set(server.lines.map(({ status }) => status))).toEqual(new Set([200, 201, 400]));
  });

  it.each([
    ['is not JSON', `${JSON_TYPE}content-length: 1\r\n`, '{', 400],
    ['is of another type', 'content-type: text/plain\r\ncontent-length: 2\r\n', '{}', 415],
    ['is encoded', `${JSON_TYPE}content-encoding: gzip\r\ncontent-length: 2\r\n`, '{}', 415],
    ['is too large', `${JSON_TYPE}content-length: 2000000\r\n`, ' '.repeat(2_000_000), 413],
    [
      'is too large in chunks',
      `${JSON_TYPE}transfer-encoding: chunked\r\n`,
      `${'1e8480\r\n'}${' '.repeat(2_000_000)}\r\n0\r\n\r\n`,
      413,
    ],
  ])('do not run after a body that %s', async (_what, headers, body, refusal) => {
    const bytes = get('/slow?ms=50') + post('/orders', headers, body) + order('smuggled');
    const replies = await server.exchange(bytes);
    expect(replies.map(({ status }) => status)).toEqual([200, refusal]);
    expect(replies[1]?.headers['connection']).toBe('close');
    expect(server.ran).toEqual([]);
  });

  it.each([
    ['two hosts', 'GET /slow?ms=0 HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n'],
    ['no host', 'GET /slow?ms=0 HTTP/1.1\r\n\r\n'],
    ['a host that is none', 'GET /slow?ms=0 HTTP/1.1\r\nhost: a b@/\r\n\r\n'],
    ['an address that cannot be decoded', 'GET /orders/%zz HTTP/1.1\r\nhost: a\r\n\r\n'],
  ])('do not run after a request without a body that has %s', async (_what, bytes) => {
    const replies = await server.exchange(get('/slow?ms=50') + bytes + order('smuggled'));
    expect(replies.map(({ status }) => status)).toEqual([200, 400]);
    expect(replies[1]?.headers['connection']).toBe('close');
    expect(server.ran).toEqual([]);
  });

  it('do not run after a request with a body for an unknown URL', async () => {
    const replies = await server.exchange(
      post('/nowhere', `${JSON_TYPE}content-length: 2\r\n`, '{}') + order('smuggled'),
    );
    expect([replies.map(({ status }) => status), server.ran]).toEqual([[404], []]);
  });

  it('do not run after broken chunks', async () => {
    const broken = post('/orders', `${JSON_TYPE}transfer-encoding: chunked\r\n`, '5\r\n{"id"\r\nXYZ\r\n');
    const replies = await server.exchange(get('/slow?ms=50') + broken + order('smuggled'));
    expect(replies.map(({ status }) => status)).toEqual([200, 400]);
    expectRefusal(replies[1], 400, 'MALFORMED_REQUEST');
    expect(server.ran).toEqual([]);
    const statuses = () => server.lines.map(({ status, method }) => [method, status]);
    await eventually(() =>
      expect(statuses()).toEqual([
        ['GET', 200],
        ['POST', 400],
      ]),
    );
  });

  it('are answered when the client closes in the middle of the next one, which is dropped', async () => {
    const connection = await RawConnection.open(server.port);
    connection.send(get('/slow?ms=50') + order('never').slice(0, -3));
    connection.end();
    await connection.closed();
    expect([connection.statuses(), server.ran]).toEqual([[200], []]);
    const seen = () => server.lines.map(({ method, status }) => [method, status]);
    await eventually(() =>
      expect(seen()).toEqual([
        ['GET', 200],
        ['POST', 499],
      ]),
    );
  });

  it('run one after the other when their bodies are valid', async () => {
    const replies = await server.exchange(order('a') + order('b') + order('c', CLOSE));
    expect([replies.map(({ body }) => body), server.ran]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  });

  it('keep their connection after the refusal of a request without a body', async () => {
    const replies = await server.exchange(get('/nowhere') + order('a', CLOSE));
    expect([replies.map(({ status }) => status), server.ran]).toEqual([[404, 201], ['a']]);
  });
});

describe('a request with Expect: 100-continue', () => {
  const expecting = (path: string, headers: string, method = 'POST', version = '1.1') =>
    `${method} ${path} HTTP/${version}\r\nhost: a\r\nexpect: 100-continue\r\n${headers}\r\n`;

  it.each([
    ['the address', expecting('/nowhere', `${JSON_TYPE}content-length: 2\r\n`), 404],
    ['the method', expecting('/orders', `${JSON_TYPE}content-length: 2\r\n`, 'PUT'), 405],
    ['the length', expecting('/orders', `${JSON_TYPE}content-length: 2000000\r\n`), 413],
    ['the type', expecting('/orders', 'content-type: text/plain\r\ncontent-length: 2\r\n'), 415],
    ['a missing type', expecting('/orders', 'content-length: 2\r\n'), 415],
    [
      'a form for JSON',
      expecting('/orders', 'content-type: multipart/form-data\r\ncontent-length: 2\r\n'),
      415,
    ],
    ['JSON for a form', expecting('/forms', `${JSON_TYPE}content-length: 2\r\n`), 415],
    ['the encoding', expecting('/orders', `${JSON_TYPE}content-encoding: br\r\ncontent-length: 2\r\n`), 415],
    ['another expectation', order('x', 'expect: a-miracle\r\n'), 417],
    ['a second expectation', order('x', 'expect: 100-continue, a-miracle\r\n'), 417],
  ])('is refused at once for %s', async (_what, bytes, status) => {
    const replies = await server.exchange(bytes);
    expect(replies.map((reply) => reply.status)).toEqual([status]);
    await eventually(() => expect(server.lines).toMatchObject([{ status }]));
  });

  it('receives 100 Continue when no rule refuses it', async () => {
    const connection = await RawConnection.open(server.port);
    connection.send(expecting('/orders', `${JSON_TYPE}content-length: 10\r\n${CLOSE}`));
    await eventually(() => expect(connection.statuses()).toEqual([100]));
    connection.send('{"id":"a"}');
    await connection.closed();
    expect([connection.statuses(), server.ran]).toEqual([[100, 201], ['a']]);
  });

  it('receives 100 Continue in its turn', async () => {
    const connection = await RawConnection.open(server.port);
    connection.send(get('/slow?ms=50') + expecting('/orders', `${JSON_TYPE}content-length: 10\r\n${CLOSE}`));
    await eventually(() => expect(connection.statuses()).toEqual([200, 100]));
    connection.send('{"id":"a"}');
    await connection.closed();
    expect(connection.statuses()).toEqual([200, 100, 201]);
  });

  it('without a body receives the reply only', async () => {
    expect((await server.replyTo(expecting('/ticks', `content-length: 0\r\n${CLOSE}`))).status).toBe(201);
    expect((await server.replyTo(expecting('/slow?ms=0', CLOSE, 'GET'))).status).toBe(200);
  });

  it('receives no 100 Continue in HTTP/1.0', async () => {
    const bytes = expecting('/orders', `${JSON_TYPE}content-length: 10\r\n`, 'POST', '1.0');
    expect((await server.replyTo(`${bytes}{"id":"a"}`)).status).toBe(201);
  });
});

describe('the metrics', () => {
  const page = async () => new MetricsPage((await server.app.get(Metrics).expose()).body);
  const counted = async (status: number) =>
    (await page()).sum('http_requests_total', {
      method: 'UNKNOWN',
      route: 'unmatched',
      status: String(status),
    });

  it.each([
    ['is not HTTP', 'NONSENSE\r\n\r\n', 400],
    ['has headers that are too large', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
    ['asks for a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 501],
    [
      'has two content lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
    ],
  ])('count a request once that the parser refuses because it %s', async (_what, bytes, status) => {
    const before = await counted(status);
    expect((await server.replyTo(bytes)).status).toBe(status);
    expect(await counted(status)).toBe(before + 1);
  });

  it('count a request that ends in the middle of its headers', async () => {
    const before = await counted(400);
    const connection = await RawConnection.open(server.port);
    connection.send('GET /slow HTTP/1.1\r\nhost: a');
    connection.end();
    await connection.closed();
    expect(await counted(400)).toBe(before + 1);
  });

  it('do not count a connection without a request', async () => {
    const total = async () => (await page()).sum('http_requests_total');
    const before = await total();
    const connection = await RawConnection.open(server.port);
    connection.end();
    await connection.closed();
    expect(await total()).toBe(before);
  });

  it('export the faults of each route, and refusals of the parser, with 0 before the first', async () => {
    const { samples } = await page();
    const valueOf = (method: string, route: string, status: string) =>
      samples.find(
        ({ name, labels }) =>
          name === 'http_requests_total' &&
          labels['method'] === method &&
          labels['route'] === route &&
          labels['status'] === status,
      )?.value;
    for (const status of ['500', '503', '504']) expect(valueOf('POST', '/orders', status)).toBe(0);
    expect(valueOf('UNKNOWN', 'unmatched', '408')).toBe(0);
  });

  it('do not count the request that reads them as in flight', async () => {
    const reading = new RequestContext({ entry: 'http', operation: '/metrics' });
    expect((await page()).sum('http_inflight_requests')).toBe(0);
    const connection = await RawConnection.open(server.port);
    connection.send(get('/slow?ms=300'));
    await eventually(async () => expect((await page()).sum('http_inflight_requests')).toBe(1));
    expect((await reading.run(page)).sum('http_inflight_requests')).toBe(0);
    connection.end();
    await connection.closed();
  });
});
