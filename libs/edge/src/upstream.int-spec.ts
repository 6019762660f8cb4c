import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import {
  type EchoRequest,
  type EchoResponse,
  EchoServiceDefinition,
  type HttpEndpoint,
  type HttpInput,
  type ServiceDefinition,
} from '@app/contracts';
import { RequestContext } from '@app/context';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answer, EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';
import { EdgeFixture } from '../../../test/support/apps/edge-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';

const endpoint = (url: string, more: Partial<HttpEndpoint> = {}): HttpEndpoint => ({
  access: { kind: 'public', roles: [] },
  status: 200,
  routes: [
    {
      method: 'GET',
      template: url,
      url,
      hasBody: false,
      bind: ({ params }: HttpInput) => request((params as { name: string }).name),
      write: (response) => JSON.stringify((response as EchoResponse).outcome?.value),
    },
  ],
  ...more,
});

const { echo, expand } = EchoServiceDefinition.methods;
const definition: ServiceDefinition = {
  ...EchoServiceDefinition,
  methods: {
    echo: { ...echo, http: endpoint('/echo/:name', { deadlineMs: 300 }) },
    expand: { ...expand, http: endpoint('/expand/:name') },
    local: { ...echo, name: 'Local', http: endpoint('/local/:name') },
  },
};

/** Implements one method in the gateway; the others are served by the upstream. */
class Local {
  local({ name }: EchoRequest): Promise<EchoResponse> {
    return Promise.resolve(answer(`local ${name} of ${RequestContext.current()?.operation}`));
  }
}

let upstream: EchoFixture;
let edge: EdgeFixture;

beforeAll(async () => {
  upstream = await EchoFixture.open();
  edge = await EdgeFixture.start({
    upstream: 'grpc-server',
    services: [{ definition, methods: Local }],
    settings: {
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${upstream.port}`,
      APP__UPSTREAMS__GRPC_SERVER__KEEPALIVE_TIMEOUT: '20s',
    },
  });
});

afterAll(async () => {
  upstream.script.finish();
  await edge.app.close();
  await upstream.close();
});

describe('a generated route of another app', () => {
  it('sends its requests over gRPC', async () => {
    expect((await edge.http.get('/echo/hello')).json()).toEqual({ key: 'hello', count: 1 });
  });

  it('answers with the error of the app', async () => {
    const reply = await edge.http.get('/echo/refuse');
    expect(reply.json()).toMatchObject({ code: 412, reason: 'OUT_OF_STOCK', details: { left: 3 } });
  });

  it('calls the provider for a method that it implements, in the context of the request', async () => {
    expect((await edge.http.get('/local/hello')).json()).toEqual({
      key: 'local hello of /local/:name',
      count: 1,
    });
  });

  it('ends at its own deadline', async () => {
    expect((await edge.http.get('/echo/wait')).json()).toMatchObject({
      code: 504,
      reason: 'DEADLINE_EXCEEDED',
    });
    await eventually(() => expect(upstream.script.aborted).toHaveLength(1));
  });
});

describe('a stream of another app', () => {
  it('carries each message', async () => {
    expect((await edge.http.get('/expand/last')).text).toBe(
      '{"key":"first","count":1}\n{"key":"last","count":1}\n',
    );
  });

  it('ends with the error of the app', async () => {
    const text = await textOf(await open('/expand/refuse'));
    expect(JSON.parse(text.split('\n')[1] ?? '')).toMatchObject({
      error: { reason: 'OUT_OF_STOCK', details: { left: 3 } },
    });
  });

  it('cancels the call when the client leaves, even while it waits for a message', async () => {
    upstream.script.reset();
    const reply = await open('/expand/wait');
    await once(reply, 'data');
    await eventually(() => expect(upstream.script.waiting).toBe(1));
    reply.destroy();
    await eventually(() =>
      expect([upstream.script.returned, upstream.script.aborted.length]).toEqual([1, 1]),
    );
  });
});

async function open(path: string): Promise<IncomingMessage> {
  const outgoing = send({ host: '127.0.0.1', port: edge.http.port, path, agent: false });
  outgoing.on('error', () => undefined).end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return incoming.on('error', () => undefined);
}

async function textOf(reply: IncomingMessage): Promise<string> {
  let text = '';
  reply.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
  await new Promise((resolve) => reply.on('close', resolve));
  return text;
}
