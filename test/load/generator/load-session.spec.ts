import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LoadSession } from './load-session.js';
import type { ReplyRule } from './request-plan.js';
import { problemsOf } from './sanity.js';

type Answer = (sent: string, response: ServerResponse, count: number) => void;

let server: Server;
let session: LoadSession;
let connected: number;

/** A session of four connections to a server that answers as given; counts the requests from 1. */
async function sessionWith(answer: Answer, expects: ReplyRule = 'echo'): Promise<LoadSession> {
  let count = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = await text(request);
    count += 1;
    answer(sent, response, count);
  };
  server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  connected = 0;
  server.on('connection', () => (connected += 1));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const requests = ['a', 'b', 'c', 'd'].map((name) => plannedOf(JSON.stringify({ name })));
  session = new LoadSession({ host: '127.0.0.1', port, requests, expects });
  await session.open();
  return session;
}

function plannedOf(body: string) {
  return { method: 'POST' as const, path: '/', body };
}

function reply(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body);
}

describe('a session of the generator', () => {
  afterEach(() => {
    session.close();
    server.close();
  });

  it('sends every request over its connections, and returns a valid result', async () => {
    const opened = await sessionWith((sent, response) => reply(response, sent));
    const result = await opened.run(400);
    expect(result).toMatchObject({ connections: 4, requests: 400, ok: 400 });
    expect(problemsOf(result)).toEqual([]);
    expect(connected).toBe(4);
  });

  it('assembles a reply that arrives in several chunks', async () => {
    const opened = await sessionWith((sent, response) => {
      response.writeHead(200, { 'content-length': Buffer.byteLength(sent) });
      response.write(sent.slice(0, 3), () => response.end(sent.slice(3)));
    });
    expect(await opened.run(20)).toMatchObject({ ok: 20 });
  });

  it('does not count replies with a wrong body or a status other than 2xx', async () => {
    const opened = await sessionWith((sent, response, count) => {
      if (count % 10 === 1) reply(response, '{}');
      else reply(response, sent, count % 10 === 2 ? 503 : 200);
    });
    expect(await opened.run(100)).toMatchObject({ ok: 80, wrong_body: 10, rejected_by_status: { 503: 10 } });
  });

  it('requires each counter to increase by one', async () => {
    const values = new Map<string, number>();
    const opened = await sessionWith((sent, response, count) => {
      const value = (values.get(sent) ?? 41) + (count === 50 ? 2 : 1);
      values.set(sent, value);
      reply(response, `${sent.slice(0, -1)},"current_value":${value}}`);
    }, 'counter');
    expect(await opened.run(100)).toMatchObject({ ok: 99, wrong_body: 1 });
  });

  it('repeats a request without a body, and requires its planned reply', async () => {
    const opened = await sessionWith((sent, response, count) =>
      reply(response, count === 9 ? '{"n":2}' : `{"n":${sent === '' ? 1 : 0}}`),
    );
    opened.close();
    const planned = { method: 'GET' as const, path: '/n', reply: '{"n":1}' };
    const { port } = server.address() as AddressInfo;
    session = new LoadSession({ host: '127.0.0.1', port, requests: [planned], expects: 'exact' });
    await session.open();
    expect(await session.run(10)).toMatchObject({ ok: 9, wrong_body: 1 });
  });

  it('counts broken connections, and continues over new ones', async () => {
    const opened = await sessionWith((sent, response, count) => {
      if (count % 25 === 0) response.destroy();
      else reply(response, sent);
    });
    expect(await opened.run(100)).toMatchObject({ requests: 100, ok: 96, transport_errors: 4 });
  });

  it('ends when the port is closed', async () => {
    const opened = await sessionWith((_, response) => {
      server.close();
      response.destroy();
    });
    expect(await opened.run(20_000)).toMatchObject({ ok: 0, transport_errors: 20_000 });
  });
});
