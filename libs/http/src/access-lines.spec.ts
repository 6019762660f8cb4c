import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLOSE, get, OrdersServer, order } from '../../../test/support/apps/orders-server.js';

const FORWARDED = 'x-forwarded-for: 198.51.100.9, 203.0.113.7\r\n';

describe('the access line of a request', () => {
  let server: OrdersServer;

  beforeAll(async () => {
    server = await OrdersServer.start();
  });

  beforeEach(() => server.forget());

  afterAll(() => server.app.close());

  it('has the address of the connection, the user agent and the bytes both ways', async () => {
    const bytes = get('/slow?ms=0', `user-agent: curl/8.5.0\r\n${CLOSE}`);
    const { body } = await server.replyTo(bytes);
    const [line] = server.lines;
    expect(line).toMatchObject({
      status: 200,
      client: { address: '127.0.0.1', userAgent: 'curl/8.5.0' },
      bytes_received: bytes.length,
    });
    expect(line?.['bytes_sent']).toBeGreaterThan(body.length);
  });

  it('ignores forwarding headers of an untrusted client', async () => {
    await server.replyTo(get('/slow?ms=0', FORWARDED + CLOSE));
    expect(server.lines).toMatchObject([{ client: { address: '127.0.0.1' } }]);
  });

  it.each([
    ['by the request rules', get('/slow?ms=0', `host: b\r\n${CLOSE}`)],
    ['by the parser', 'GET / HTTP/1.1\r\nhost a\r\n\r\n'],
    ['by the router', get('/nowhere', CLOSE)],
  ])('is written when the request is refused %s', async (_by, bytes) => {
    const { status } = await server.replyTo(bytes);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(server.lines).toEqual([
      expect.objectContaining({
        status,
        client: expect.objectContaining({ address: '127.0.0.1' }),
        bytes_received: bytes.length,
        bytes_sent: expect.any(Number),
      }),
    ]);
  });

  it('counts the bytes of each request on a keep-alive connection', async () => {
    const [first, last] = [order('one'), order('number two', CLOSE)];
    await server.exchange(first, last);
    const received = server.lines.map((line) => Number(line['bytes_received']));
    expect(received.reduce((sum, bytes) => sum + bytes)).toBe(first.length + last.length);
    for (const line of server.lines) expect(line['bytes_sent']).toBeLessThan(1_000);
  });
});

describe('the access line of a request from a trusted proxy', () => {
  let server: OrdersServer;

  beforeAll(async () => {
    server = await OrdersServer.start({ trustProxy: ['127.0.0.1/32'] });
  });

  beforeEach(() => server.forget());

  afterAll(() => server.app.close());

  it.each([
    ['the last address that is not a trusted proxy', FORWARDED, '203.0.113.7'],
    ['an IPv6 address', 'x-forwarded-for: 2001:db8::7\r\n', '2001:db8::7'],
    ["the proxy's address when it names none", '', '127.0.0.1'],
    ["the proxy's address when it names an invalid one", 'x-forwarded-for: <script>\r\n', '127.0.0.1'],
  ])('has %s', async (_which, header, address) => {
    await server.replyTo(get('/slow?ms=0', header + CLOSE));
    expect(server.lines).toMatchObject([{ client: { address } }]);
  });
});
