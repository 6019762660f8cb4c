import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/assertions/eventually.js';
import type { HttpOptions } from '../support/network/http-client.js';
import { rawExchange } from '../support/network/raw-exchange.js';
import { runningSystem } from '../support/apps/running-system.js';
import { expectBody, expectError } from './expect-error.js';
import { gatewayRoutes, METHODS } from './gateway-routes.js';

const routes = await gatewayRoutes();
const JSON_TYPE = { 'content-type': 'application/json' };
const MIB = 1024 ** 2;

describe('an invalid request', () => {
  const { http, apps } = runningSystem();
  const mark = apps.gateway.log.mark();
  const prefix = `errors-${process.pid}`;
  let sent = 0;

  /** Each request has an id, which separates its log lines from those of other specs. */
  function send(method: string, path: string, { headers, ...options }: HttpOptions = {}) {
    sent += 1;
    return http.request(method, path, {
      ...options,
      headers: { 'x-request-id': `${prefix}-${sent}`, ...headers },
    });
  }

  // A project without slices has no such route, and `each` refuses an empty table.
  for (const { method, path, headers, valid, required = [], wrong, withoutBody } of routes.json) {
    describe(`a body for ${method} ${path}`, () => {
      for (const field of required) {
        it(`without ${field} is refused with its name`, async () => {
          const { [field]: _missing, ...body } = valid;
          const reply = await send(method, path, { body, headers });
          expectError(reply, 400, 'VALIDATION_FAILED');
          const { details } = reply.json<{ details: { issues: { path: string }[] } }>();
          expect(details.issues[0]?.path).toBe(field);
        });
      }

      it.each(Object.entries(wrong))('with %s is refused with its place', async (_what, body) => {
        const reply = await send(method, path, {
          body: JSON.stringify(body),
          headers: { ...headers, ...JSON_TYPE },
        });
        expectError(reply, 400, 'VALIDATION_FAILED');
        const issue = { path: expect.any(String), message: expect.stringMatching(/.+/) };
        expect(reply.json()).toMatchObject({ details: { issues: expect.arrayContaining([issue]) } });
      });

      it('with an unknown field is refused with the name of the field', async () => {
        const reply = await send(method, path, { body: { ...valid, colour: 'red' }, headers });
        expectError(reply, 400, 'VALIDATION_FAILED');
        expect(reply.json()).toMatchObject({ details: { issues: [{ path: 'colour' }] } });
      });

      it('that is larger than a mebibyte is refused', async () => {
        const body = JSON.stringify({ ...valid, filling: 'x'.repeat(MIB) });
        const reply = await send(method, path, { body, headers: { ...headers, ...JSON_TYPE } });
        expectError(reply, 413, 'PAYLOAD_TOO_LARGE');
      });

      it('that is empty is refused', async () => {
        const reply = await send(method, path, { body: '', headers: { ...headers, ...JSON_TYPE } });
        // A rule that only the service can check refuses it like an empty object.
        expect([reply.status, reply.json()['reason']]).toEqual([
          400,
          expect.stringMatching(/^(MALFORMED_BODY|VALIDATION_FAILED)$/),
        ]);
      });

      it.each(['{"field":', '{}{}', 'undefined', '{"__proto__":{"admin":true}}'])(
        'that is the text %j is refused',
        async (body) => {
          const reply = await send(method, path, {
            body,
            headers: { ...headers, ...JSON_TYPE, 'content-length': String(Buffer.byteLength(body)) },
          });
          expectError(reply, 400, (body === '' && withoutBody) || 'MALFORMED_BODY');
        },
      );

      it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'json', ''])(
        'with the type %j is refused',
        async (type) => {
          const reply = await send(method, path, {
            body: JSON.stringify(valid),
            headers: { ...headers, 'content-type': type },
          });
          expectError(reply, 415, 'UNSUPPORTED_MEDIA_TYPE');
        },
      );
    });
  }

  it.each(routes.refused)('%s %s is answered with %d %s', async (method, path, status, reason) => {
    expectError(await send(method, path), status, reason);
  });

  describe.each(routes.addresses)('the address %s', (path, methods) => {
    it.each(METHODS.filter((method) => !methods.includes(method)))(
      'refuses %s with 405 and its allowed methods',
      async (method) => {
        const reply = await send(method, path);
        expectError(reply, 405, 'METHOD_NOT_ALLOWED');
        expect(reply.headers['allow']?.split(', ').sort()).toEqual([...methods].sort());
      },
    );
  });

  describe.each(routes.unknown)('the unknown address %s', (path) => {
    it.each(['GET', 'POST', 'DELETE'])('is not found by %s', async (method) => {
      expectError(await send(method, path), 404, 'ROUTE_NOT_FOUND');
    });
  });

  describe('a malformed request', () => {
    it('has headers that are too large', async () => {
      const reply = await send('GET', '/health', { headers: { 'x-filling': 'x'.repeat(64 * 1024) } });
      expectError(reply, 431, 'HEADERS_TOO_LARGE');
    });

    it.each([
      ['no HTTP at all', 'HELO gateway\r\n\r\n'],
      ['an unknown protocol version', 'GET /health HTTP/9.9\r\nhost: a\r\n\r\n'],
      ['HTTP/2 without a greeting', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['a header without a name', 'GET /health HTTP/1.1\r\nhost: a\r\n: b\r\n\r\n'],
      ['two lengths', 'POST /health HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
      [
        'a length and chunks',
        'POST /health HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      ['no host', 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ])('is %s', async (_what, bytes) => {
      const reply = await rawExchange(http.port, bytes);
      expect(reply.status).toBe(400);
      expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expectBody(reply.body, 400, 'MALFORMED_REQUEST');
    });
  });

  describe('the reply', () => {
    it('is a problem of RFC 9457 when the client accepts it', async () => {
      const headers = { accept: 'application/problem+json' };
      const reply = await send('GET', '/slow?ms=long', { headers });
      expect(reply.status).toBe(400);
      expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
      const { type, title, detail, trace_id } = reply.json();
      expect(reply.json()).toMatchObject({
        status: 400,
        reason: 'VALIDATION_FAILED',
        instance: '/slow',
      });
      for (const text of [type, title, detail, trace_id]) expect(text).toEqual(expect.stringMatching(/.+/));
    });

    it('carries the trace of the caller and the id of the request', async () => {
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': `${prefix}-mine` };
      const reply = await send('GET', '/nowhere', { headers });
      expect(reply.json()).toMatchObject({ trace_id: traceId });
      expect(reply.headers['x-request-id']).toBe(`${prefix}-mine`);
    });

    it('has a new request id when the one of the caller is not safe', async () => {
      const reply = await send('GET', '/nowhere', { headers: { 'x-request-id': '<script>' } });
      expect(reply.headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    });
  });

  it('is logged at most as a warning, and not counted as a failure of the server', async () => {
    const last = `${prefix}-last`;
    await send('GET', '/health', { headers: { 'x-request-id': last } });
    const ours = await eventually(() => {
      const lines = apps.gateway.log
        .lines(mark)
        .filter(({ request_id: id }) => String(id).startsWith(prefix));
      expect(lines.at(-1)).toMatchObject({ request_id: last });
      return lines;
    });
    // Nearly all: requests that the parser rejects have no id.
    expect(ours.length).toBeGreaterThan(sent * 0.9);
    expect(
      ours.filter(({ level, status }) => !['debug', 'info', 'warn'].includes(level) || Number(status) >= 500),
    ).toEqual([]);
  });
});

describe('an unexpected failure', () => {
  const { http, apps } = runningSystem();

  it('has no details for the client but its trace id, and all details in the log', async () => {
    const mark = apps.gateway.log.mark();
    const reply = await http.get('/panic');
    expectError(reply, 500, 'INTERNAL');
    expect(reply.text).not.toContain('a failure on request');
    const { trace_id: traceId } = reply.json();
    await eventually(() => {
      const line = apps.gateway.log.errors(mark).find(({ trace_id: id }) => id === traceId);
      expect(line?.msg).toBe('a failure on request');
      expect(line).toMatchObject({
        reason: 'INTERNAL',
        err: {
          stack: expect.stringMatching(
            /^Error: a failure on request\n {4}at .*\(apps\/gateway\/src\/diagnostics\/diagnostics\.controller\.ts:\d+:\d+\)\n/,
          ),
        },
      });
      const access = apps.gateway.log
        .lines(mark)
        .find(({ msg, trace_id: id }) => msg === 'request' && id === traceId);
      expect(access).toMatchObject({ level: 'error', status: 500, reason: 'INTERNAL' });
    });
  });
});
