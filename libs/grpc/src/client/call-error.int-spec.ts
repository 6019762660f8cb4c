import { constants } from 'node:http2';
import {
  type CallOptions,
  EchoRequest,
  type EchoResponse,
  EchoServiceDefinition,
  type IdempotencyLevel,
} from '@app/contracts';
import { AppError, OutcomeUnknownError, ShuttingDownError, Status } from '@app/errors';
import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { given } from '../../../../test/support/apps/given.js';
import { Http2Peer } from '../../../../test/support/network/http2-peer.js';
import { TcpProxy } from '../../../../test/support/network/tcp-proxy.js';
import { GrpcClientModule } from '../grpc-client.module.js';
import { toWire } from '../wire-error.js';

const { echo } = EchoServiceDefinition.methods;
const definitionOf = (idempotency: IdempotencyLevel) => ({
  ...EchoServiceDefinition,
  methods: { echo: { ...echo, idempotency } },
});

abstract class Reads {
  abstract echo(request: EchoRequest, options?: CallOptions): Promise<EchoResponse>;
}
abstract class Writes extends Reads {}
abstract class IdempotentWrites extends Reads {}

const REQUEST = EchoRequest.create({ name: 'tea' });
const KEYED: EchoRequest = Object.assign(EchoRequest.create({ name: 'tea' }), { idempotencyKey: 'k-1' });
const ATTEMPTS = 3;

const { NGHTTP2_REFUSED_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM } =
  constants;

function answering(error: AppError) {
  const { code, details: message, metadata } = toWire(error);
  const [details] = metadata?.get('grpc-status-details-bin') ?? [];
  return Http2Peer.status(Number(code), {
    'grpc-message': encodeURI(String(message)),
    'grpc-status-details-bin': Buffer.from(details ?? '').toString('base64'),
  });
}

const of = (reason: string, status: Status) => new AppError({ reason, status, message: reason });

/** Requests without effect: the cause, and how many the peer receives (grpc-js repeats a refused stream once). */
const REFUSED = [
  ['RST_STREAM says that it was not processed', Http2Peer.reset(NGHTTP2_REFUSED_STREAM), 2 * ATTEMPTS],
  ['the server reports that it stops', answering(ShuttingDownError.create()), ATTEMPTS],
] as const;

/** Requests that may have had an effect: the server has not answered. */
const UNKNOWN = [
  ['the connection breaks', Http2Peer.disconnect()],
  ['GOAWAY names it as the last one, and the connection ends', Http2Peer.goAway()],
  ['RST_STREAM reports a fault of the server', Http2Peer.reset(NGHTTP2_INTERNAL_ERROR)],
  ['RST_STREAM cancels it', Http2Peer.reset(NGHTTP2_CANCEL)],
  ['RST_STREAM reports an excess', Http2Peer.reset(NGHTTP2_ENHANCE_YOUR_CALM)],
  ['somebody answers UNAVAILABLE without a reason', Http2Peer.status(14)],
  [
    'a proxy answers 503',
    (stream) => stream.respond({ ':status': 503, 'content-type': 'text/html' }, { endStream: true }),
  ],
  ['the server itself reports an unknown outcome', answering(OutcomeUnknownError.of('postgres'))],
] as const satisfies readonly (readonly [string, Http2Peer['behaviour']])[];

/** The server has answered. */
const ANSWERED = [
  ['QUEUE_FULL', 429, answering(of('QUEUE_FULL', Status.RESOURCE_EXHAUSTED))],
  ['RATE_LIMITED', 429, answering(of('RATE_LIMITED', Status.RESOURCE_EXHAUSTED))],
  ['OVERLOADED', 503, answering(of('OVERLOADED', Status.UNAVAILABLE))],
  ['UPSTREAM_UNAVAILABLE', 503, answering(of('UPSTREAM_UNAVAILABLE', Status.UNAVAILABLE))],
  ['OUT_OF_STOCK', 412, answering(of('OUT_OF_STOCK', Status.FAILED_PRECONDITION))],
  ['INVALID_ARGUMENT', 400, Http2Peer.status(3)],
  ['RESOURCE_EXHAUSTED', 429, Http2Peer.status(8)],
  [
    'PAYLOAD_TOO_LARGE',
    413,
    Http2Peer.status(8, { 'grpc-message': 'Received message larger than max (2048 vs 1024)' }),
  ],
  ['INTERNAL', 500, Http2Peer.status(13)],
] as const;

describe('a call that fails', () => {
  let peer: Http2Peer;
  let proxy: TcpProxy;
  let app: INestApplicationContext;

  beforeEach(async () => {
    peer = await Http2Peer.listen();
    proxy = await TcpProxy.before({ port: peer.port });
    await open(`127.0.0.1:${proxy.port}`);
  });
  afterEach(async () => {
    await app.close();
    await proxy.close();
    await peer.close();
  });

  async function open(address: string): Promise<void> {
    const policy = 'APP__RESILIENCE__POLICIES__WORKER';
    app = await given
      .app('gateway')
      .with(
        GrpcClientModule.forFeature('worker', { client: Reads, definition: definitionOf('no_side_effects') }),
        GrpcClientModule.forFeature('worker', { client: Writes, definition: definitionOf('unknown') }),
        GrpcClientModule.forFeature('worker', {
          client: IdempotentWrites,
          definition: definitionOf('idempotent'),
        }),
      )
      .configured({
        APP__UPSTREAMS__WORKER__ADDRESS: address,
        // waiting-calls.int-spec tests calls that wait for a connection.
        APP__UPSTREAMS__WORKER__CONNECT_WAIT: '0s',
        [`${policy}__ATTEMPT_TIMEOUT`]: '300ms',
        [`${policy}__RETRY__INITIAL_DELAY`]: '5ms',
        [`${policy}__RETRY__MAX_ATTEMPTS`]: String(ATTEMPTS),
      })
      .start();
  }

  const write = (request = REQUEST) => app.get(Writes).echo(request);
  const read = () => app.get(Reads).echo(REQUEST);
  const errorOf = (call: Promise<unknown>): Promise<AppError> =>
    call.then(
      () => {
        throw new Error('it succeeded');
      },
      (error: AppError) => error,
    );

  it.each(REFUSED)('is refused when %s, and sent again', async (_, behaviour, requests) => {
    await write();
    peer.behaviour = behaviour;
    peer.requests = 0;
    const error = await errorOf(write());
    expect(error).toMatchObject({
      status: { http: 503 },
      outcome: 'refused',
      details: { outcome: 'refused' },
    });
    expect(error.reason).not.toBe('OUTCOME_UNKNOWN');
    expect(peer.requests).toBe(requests);
  });

  it('is sent again when GOAWAY names an earlier stream as the last one that was processed', async () => {
    await write();
    let gone = false;
    peer.behaviour = (stream) => {
      if (gone) return Http2Peer.answer(stream, Buffer.alloc(0));
      gone = true;
      Http2Peer.goAwayBefore()(stream);
    };
    peer.requests = 0;
    await write();
    expect(peer.requests).toBe(2);
  });

  it('is refused when nothing listens on the port', async () => {
    await peer.close();
    peer = await Http2Peer.listen();
    const error = await errorOf(write());
    expect(error).toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', details: { outcome: 'refused' } });
    expect(peer.requests).toBe(0);
  });

  it('is refused when the name has no address', async () => {
    await app.close();
    await open('dns:///nowhere.invalid:50051');
    expect(await errorOf(write())).toMatchObject({ details: { outcome: 'refused' } });
  });

  it('is refused when its deadline passes before there is a connection', async () => {
    proxy.stall();
    const error = await errorOf(write());
    expect(error).toMatchObject({ reason: 'DEADLINE_EXCEEDED', details: { outcome: 'refused' } });
    expect(error.message).toContain('did not begin');
  });

  it.each(UNKNOWN)('has an unknown outcome when %s, and is not sent again', async (_, behaviour) => {
    await write();
    peer.behaviour = behaviour;
    peer.requests = 0;
    const error = await errorOf(write());
    expect(error).toMatchObject({
      reason: 'OUTCOME_UNKNOWN',
      status: { http: 503, grpc: 14 },
      details: { outcome: 'unknown' },
      retryAfterMs: expect.any(Number),
    });
    expect(error.message).toContain('may have taken effect. Repeat it with the same Idempotency-Key');
    expect(peer.requests).toBe(1);
  });

  it.each(UNKNOWN)('has no outcome when its method has no side effects and %s', async (_, behaviour) => {
    await read();
    peer.behaviour = behaviour;
    peer.requests = 0;
    const { reason, outcome, details } = await errorOf(read());
    expect(reason).not.toBe('OUTCOME_UNKNOWN');
    expect([outcome, details?.['outcome']]).toEqual([undefined, undefined]);
  });

  it.each(ANSWERED)('ends with what the server answered: %s', async (reason, http, behaviour) => {
    peer.behaviour = behaviour;
    const error = await errorOf(write());
    expect(error).toMatchObject({ reason, status: { http }, outcome: undefined });
    expect(peer.requests).toBe(1);
  });

  it('reports that it may have taken effect when the response is too large', async () => {
    peer.behaviour = (stream) => Http2Peer.answer(stream, Buffer.alloc(5 * 1024 ** 2));
    const tooLarge = { reason: 'RESPONSE_TOO_LARGE', status: { http: 500 }, retryAfterMs: undefined };
    expect(await errorOf(write())).toMatchObject({ ...tooLarge, details: { outcome: 'unknown' } });
    expect(await errorOf(read())).toMatchObject({ ...tooLarge, outcome: undefined });
    expect(peer.requests).toBe(2);
  });

  it('reports DEADLINE_EXCEEDED and a possible effect when a connection had it', async () => {
    peer.behaviour = () => undefined;
    const error = await errorOf(write());
    expect(error).toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      status: { http: 504 },
      details: { outcome: 'unknown' },
    });
    expect(error.message).toContain('may have taken effect. Repeat it with the same Idempotency-Key');
    expect(await errorOf(read())).toMatchObject({ reason: 'DEADLINE_EXCEEDED', outcome: undefined });
  });

  const REPEATED = [
    ['with an idempotency key', () => write(KEYED)],
    ['of a method that is idempotent', () => app.get(IdempotentWrites).echo(REQUEST)],
    ['of a method without side effects', () => read()],
  ] as const;

  it.each(REPEATED)('is sent again after an unknown outcome %s', async (_, call) => {
    await write();
    let broken = false;
    peer.behaviour = (stream) => {
      if (broken) return Http2Peer.answer(stream, Buffer.alloc(0));
      broken = true;
      Http2Peer.disconnect()(stream);
    };
    peer.requests = 0;
    await call();
    expect(peer.requests).toBe(2);
  });

  it('has an unknown outcome when one attempt had one, even if the last was refused', async () => {
    await write();
    // The first attempt breaks the connection; the others cannot connect.
    peer.behaviour = (stream) => {
      proxy.cut();
      Http2Peer.disconnect()(stream);
    };
    peer.requests = 0;
    expect(await errorOf(write(KEYED))).toMatchObject({ reason: 'OUTCOME_UNKNOWN' });
    expect(peer.requests).toBe(1);
  });

  it('ends with the answer to a repeated request', async () => {
    await write();
    let broken = false;
    peer.behaviour = (stream) => {
      if (broken) return answering(of('OUT_OF_STOCK', Status.FAILED_PRECONDITION))(stream);
      broken = true;
      Http2Peer.disconnect()(stream);
    };
    expect(await errorOf(write(KEYED))).toMatchObject({ reason: 'OUT_OF_STOCK', outcome: undefined });
  });

  it('is CANCELLED when its caller cancels', async () => {
    const caller = new AbortController();
    const arrived = new Promise<void>((resolve) => (peer.behaviour = () => resolve()));
    const ended = errorOf(app.get(Writes).echo(REQUEST, { signal: caller.signal }));
    await arrived;
    caller.abort();
    expect(await ended).toMatchObject({ reason: 'CANCELLED' });
  });
});
