import { type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import type { EchoItem } from '@app/contracts';
import { AppError, Status } from '@app/errors';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestInterceptor, Injectable, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { Metrics } from '@app/telemetry';
import { filter, map, type Observable } from 'rxjs';
import { EdgeFixture, itemMethod, serviceOf } from '../../../test/support/apps/edge-fixture.js';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { eventually } from '../../../test/support/assertions/eventually.js';

const watch = itemMethod('Watch', { route: { url: '/watch/:key' } }, { responseStream: true });
const marked = itemMethod('Marked', { route: { url: '/marked/:key' } }, { responseStream: true });
const breaking = itemMethod('Breaking', { route: { url: '/breaking/:key' } }, { responseStream: true });
const definition = serviceOf({ watch, marked, breaking });

/** How many messages were read from each endless stream, and which of them were ended. */
const taken = new Map<string, number>();
const ended = new Set<string>();

class Items {
  async *watch({ key }: EchoItem): AsyncGenerator<EchoItem> {
    try {
      for (let count = 1; key.startsWith('endless') || count <= 3; count++) {
        if ((key === 'no' && count === 1) || (key === 'half' && count === 3)) throw soldOut();
        taken.set(key, count);
        yield { key: key.startsWith('endless') ? 'x'.repeat(10_000) : key, count };
        await new Promise(setImmediate);
      }
    } finally {
      ended.add(key);
    }
  }

  breaking(item: EchoItem): AsyncGenerator<EchoItem> {
    return this.watch(item);
  }

  marked(item: EchoItem): AsyncGenerator<EchoItem> {
    return this.watch(item);
  }
}

function soldOut(): AppError {
  return new AppError({ reason: 'SOLD_OUT', status: Status.FAILED_PRECONDITION, message: 'Sold out.' });
}

@Injectable()
class Marker implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<EchoItem>): Observable<unknown> {
    return next.handle().pipe(
      filter(({ count }) => count !== 2),
      map((item) => ({ ...item, marked: true })),
    );
  }
}

let edge: EdgeFixture;

beforeAll(async () => {
  edge = await EdgeFixture.start({
    services: [{ definition, methods: Items, interceptors: { marked: [Marker] } }],
  });
});

afterAll(() => edge.app.close());

/** Sends a GET, and returns the reply without reading its body. */
async function open(path: string): Promise<IncomingMessage> {
  const outgoing = request({ host: '127.0.0.1', port: edge.http.port, path, agent: false });
  outgoing.on('error', () => undefined).end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return incoming.on('error', () => undefined);
}

/** The text of a reply, and whether it has ended as a complete one. */
async function readAll(path: string, accept = '*/*'): Promise<{ text: string; isComplete: boolean }> {
  const outgoing = request({
    host: '127.0.0.1',
    port: edge.http.port,
    path,
    headers: { accept },
    agent: false,
  });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  incoming.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
  incoming.on('error', () => undefined);
  // `once` would reject at the error of an incomplete reply.
  await new Promise((resolve) => incoming.on('close', resolve));
  return { text, isComplete: incoming.complete };
}

/** How many requests of a stream were counted with a status. */
async function countOf(status: string): Promise<number> {
  const page = new MetricsPage((await edge.app.get(Metrics, { strict: false }).expose()).body);
  return page.sum('http_requests_total', { method: 'GET', route: '/breaking/:key', status });
}

describe('a stream of replies', () => {
  it('has one JSON value a line', async () => {
    const { headers, text } = await edge.http.get('/watch/a');
    expect(headers).toMatchObject({ 'content-type': 'application/x-ndjson; charset=utf-8' });
    expect(text).toBe('{"key":"a","count":1}\n{"key":"a","count":2}\n{"key":"a","count":3}\n');
  });

  it('has server-sent events for a client that accepts them', async () => {
    const { headers, text } = await edge.http.get('/watch/a', { headers: { accept: 'text/event-stream' } });
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    expect(text).toMatch(/^data: \{"key":"a","count":1\}\n\ndata: /);
  });

  it.each([
    ['Text/Event-Stream', 'text/event-stream'],
    ['application/json, text/event-stream;charset=utf-8;q=0.5', 'text/event-stream'],
    ['text/event-stream;q=0, application/x-ndjson', 'application/x-ndjson'],
    ['text/event-stream; q=0.000', 'application/x-ndjson'],
    ['text/event-streams', 'application/x-ndjson'],
  ])('is, for "Accept: %s", %s', async (accept, type) => {
    const { headers } = await edge.http.get('/watch/a', { headers: { accept } });
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
  });

  it('has a status when it fails before the first message', async () => {
    expect((await edge.http.get('/watch/no')).json()).toMatchObject({ code: 412, reason: 'SOLD_OUT' });
  });

  it('is not complete when it fails later, and its last line is the error', async () => {
    const { text, isComplete } = await readAll('/watch/half');
    const last = text.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({
      error: { code: 412, reason: 'SOLD_OUT', message: 'Sold out.' },
    });
    expect(isComplete).toBe(false);
    expect((await readAll('/watch/a')).isComplete).toBe(true);
  });

  it('counts with the status of the error that ended it', async () => {
    await readAll('/breaking/half');
    await eventually(async () => expect(await countOf('412')).toBeGreaterThan(0));
    expect(await countOf('499')).toBe(0);
  });

  it('has a last event with the error', async () => {
    const { text, isComplete } = await readAll('/watch/half', 'text/event-stream');
    expect(text).toMatch(/\n\nevent: error\ndata: \{"code":412,"reason":"SOLD_OUT".*\}\n\n$/);
    expect(isComplete).toBe(false);
  });

  it('answers HEAD without a call', async () => {
    taken.clear();
    const { status, headers } = await edge.http.request('HEAD', '/watch/a');
    expect([status, headers['content-type'], taken.size]).toEqual([
      200,
      'application/x-ndjson; charset=utf-8',
      0,
    ]);
    // The length of the GET is not known.
    expect(headers['content-length']).toBeUndefined();
  });

  it('is read no faster than its client reads', async () => {
    const reply = await open('/watch/endless-slow');
    let before = -1;
    // The kernel's buffers take some megabytes; then nothing more is read.
    await eventually(() => {
      const now = taken.get('endless-slow') ?? 0;
      const stands = now > 0 && now === before;
      before = now;
      expect(stands).toBe(true);
    });
    expect(before).toBeLessThan(2_000);
    reply.destroy();
    await eventually(() => expect(ended).toContain('endless-slow'));
  });

  it('ends the call when its client leaves', async () => {
    const reply = await open('/watch/endless-left');
    await once(reply, 'data');
    expect(ended).not.toContain('endless-left');
    reply.destroy();
    await eventually(() => expect(ended).toContain('endless-left'));
  });
});

describe('an interceptor of a stream', () => {
  it('sees each message as an object, may change it and may drop it', async () => {
    expect((await edge.http.get('/marked/a')).text).toBe(
      '{"key":"a","count":1,"marked":true}\n{"key":"a","count":3,"marked":true}\n',
    );
  });

  it('sees the errors before and after the first message', async () => {
    expect((await edge.http.get('/marked/no')).status).toBe(412);
    expect((await readAll('/marked/half')).text).toContain('"reason":"SOLD_OUT"');
  });

  it('does not read ahead of a slow client', async () => {
    const reply = await open('/marked/endless-marked');
    let before = -1;
    await eventually(() => {
      const now = taken.get('endless-marked') ?? 0;
      const stands = now > 0 && now === before;
      before = now;
      expect(stands).toBe(true);
    });
    expect(before).toBeLessThan(2_000);
    reply.destroy();
    await eventually(() => expect(ended).toContain('endless-marked'));
  });
});
