import { type CallOptions, EchoRequest, type EchoResponse, EchoServiceDefinition } from '@app/contracts';
import { AppError } from '@app/errors';
import { Readiness } from '@app/lifecycle';
import { Resilience } from '@app/resilience';
import { type sendUnaryData, status as GrpcCode } from '@grpc/grpc-js';
import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { freePort } from '../../../test/support/network/free-port.js';
import { given } from '../../../test/support/apps/given.js';
import { TcpProxy } from '../../../test/support/network/tcp-proxy.js';
import { ANSWER, EchoServer } from './echo-server.support.js';
import { GrpcClientModule } from './grpc-client.module.js';

const { echo } = EchoServiceDefinition.methods;
const WriteDefinition = {
  ...EchoServiceDefinition,
  methods: { echo: { ...echo, idempotency: 'unknown' } },
} as const;

abstract class Reads {
  abstract echo(request: EchoRequest, options?: CallOptions): Promise<EchoResponse>;
}
abstract class Writes extends Reads {}

const REQUEST = EchoRequest.create({ name: 'tea' });
const ATTEMPT_MS = 1000;
const OPEN_MS = 200;

describe('the clients of an upstream', () => {
  let server: EchoServer;
  let port: number;
  let proxy: TcpProxy;
  let app: INestApplicationContext;

  beforeEach(async () => {
    server = new EchoServer();
    port = await freePort();
    await server.listen(port);
    proxy = await TcpProxy.before({ port });
    const policy = 'APP__RESILIENCE__POLICIES__WORKER';
    app = await given
      .app('gateway')
      .with(
        GrpcClientModule.forFeature('worker', { client: Reads, definition: EchoServiceDefinition }),
        GrpcClientModule.forFeature('worker', { client: Writes, definition: WriteDefinition }),
      )
      .configured({
        APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${proxy.port}`,
        APP__UPSTREAMS__WORKER__CONNECT_WAIT: '0s',
        [`${policy}__ATTEMPT_TIMEOUT`]: `${ATTEMPT_MS}ms`,
        [`${policy}__RETRY__INITIAL_DELAY`]: '10ms',
        [`${policy}__BREAKER__MINIMUM_CALLS`]: '5',
        [`${policy}__BREAKER__HALF_OPEN_AFTER`]: `${OPEN_MS}ms`,
      })
      .start();
  });

  afterEach(async () => {
    server.kill();
    await app.close();
    await proxy.close();
  });

  const write = (options?: CallOptions) => app.get(Writes).echo(REQUEST, options);
  const read = () => app.get(Reads).echo(REQUEST);
  const openCircuits = () => app.get(Resilience, { strict: false }).openCircuits();

  /** The reason of a failed call. Expects that it took no longer than one attempt may. */
  async function reasonOf(call: Promise<unknown>): Promise<string> {
    const started = performance.now();
    const ended = await call.then(
      () => 'OK',
      (error: unknown) => (error as AppError).reason,
    );
    // On a busy machine a timer may be very late.
    expect(performance.now() - started).toBeLessThan(2 * ATTEMPT_MS);
    return ended;
  }

  const untilOpen = () =>
    eventually(async () => {
      expect(await reasonOf(write())).toBe('CIRCUIT_OPEN');
      expect(openCircuits()).toEqual({ worker: 'open' });
    });

  it('are refused at once while it is down, and served again when it is back', async () => {
    expect(await write()).toEqual(ANSWER);
    server.kill();
    expect(await reasonOf(write())).toBe('UPSTREAM_UNAVAILABLE');
    await untilOpen();
    await expect(write()).rejects.toMatchObject({ status: { http: 503 }, retryAfterMs: expect.any(Number) });
    const { checks, notes } = await app.get(Readiness).report();
    expect({ checks, notes }).toEqual({ checks: {}, notes: { circuits: { worker: 'open' } } });
    await server.listen(port);
    await eventually(async () => expect(await reasonOf(write())).toBe('OK'));
    expect(openCircuits()).toEqual({});
    expect(await Promise.all([write(), write(), read()])).toEqual([ANSWER, ANSWER, ANSWER]);
  });

  it('send one trial call to an upstream that failed, and the others once it is answered', async () => {
    server.answer = (reply) => reply({ code: GrpcCode.UNAVAILABLE });
    await untilOpen();
    const held: sendUnaryData<EchoResponse>[] = [];
    server.answer = (reply) => held.push(reply);
    const seen = server.calls;
    const calls: Promise<string>[] = [];
    await eventually(() => {
      calls.push(reasonOf(write()));
      expect(server.calls).toBe(seen + 1);
    });
    expect(openCircuits()).toEqual({ worker: 'half_open' });
    expect(await Promise.all([reasonOf(write()), reasonOf(read())])).toEqual([
      'CIRCUIT_OPEN',
      'CIRCUIT_OPEN',
    ]);
    expect(server.calls).toBe(seen + 1);
    server.answer = (reply) => reply(null, ANSWER);
    for (const reply of held) reply(null, ANSWER);
    expect(await Promise.all(calls)).toContain('OK');
    expect(openCircuits()).toEqual({});
  });

  it('wait for an upstream that hangs no longer than one attempt may take', async () => {
    await write();
    proxy.stall();
    expect(await reasonOf(write())).toBe('DEADLINE_EXCEEDED');
    await Promise.all([write(), write(), write(), write()].map(reasonOf));
    expect(openCircuits()).toEqual({ worker: 'open' });
    proxy.restore();
    await eventually(async () => expect(await reasonOf(write())).toBe('OK'));
  });

  it('repeat only calls without side effects', async () => {
    const once = () => {
      let failed = false;
      server.calls = 0;
      server.answer = (reply) => {
        if (failed) return reply(null, ANSWER);
        failed = true;
        return reply({ code: GrpcCode.UNAVAILABLE });
      };
    };
    once();
    expect(await read()).toEqual(ANSWER);
    expect(server.calls).toBe(2);
    once();
    // Without an ErrorInfo the call may have taken effect.
    await expect(write()).rejects.toHaveReason('OUTCOME_UNKNOWN');
    expect(server.calls).toBe(1);
  });

  it('do not count it as a failure of the upstream when the caller timed out or cancelled', async () => {
    server.answer = () => undefined;
    for (let call = 0; call < 10; call++) {
      const caller = new AbortController();
      const limits = call % 2 === 0 ? { signal: caller.signal } : { deadline: Date.now() + 30 };
      const ended = reasonOf(write(limits));
      await eventually(() => expect(server.calls).toBe(call + 1));
      caller.abort();
      expect(await ended).toBe(call % 2 === 0 ? 'CANCELLED' : 'DEADLINE_EXCEEDED');
    }
    expect(openCircuits()).toEqual({});
  });

  /** Statuses that report a fault of the call, not of the upstream. */
  const CALLERS = [
    'INVALID_ARGUMENT',
    'NOT_FOUND',
    'ALREADY_EXISTS',
    'PERMISSION_DENIED',
    'UNAUTHENTICATED',
    'RESOURCE_EXHAUSTED',
    'FAILED_PRECONDITION',
    'ABORTED',
    'OUT_OF_RANGE',
    'UNIMPLEMENTED',
    'CANCELLED',
  ] as const;

  it.each(CALLERS)('do not count fifty responses with %s as failures of the upstream', async (name) => {
    server.answer = (reply) => reply({ code: GrpcCode[name] });
    const calls = Array.from({ length: 50 }, () => reasonOf(read()));
    expect(new Set(await Promise.all(calls))).toEqual(new Set([name]));
    expect(server.calls).toBe(50);
    expect(openCircuits()).toEqual({});
    server.answer = (reply) => reply(null, ANSWER);
    expect(await read()).toEqual(ANSWER);
  });

  it('do not send a request that cannot be encoded, nor count it as a failure of the upstream', async () => {
    const unreadable: EchoRequest = {
      ...REQUEST,
      get name(): string {
        throw new TypeError('no text');
      },
    };
    const calls = Array.from({ length: 50 }, () => app.get(Reads).echo(unreadable));
    const outcomes = await Promise.allSettled(calls);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(server.calls).toBe(0);
    expect(await read()).toEqual(ANSWER);
    expect(openCircuits()).toEqual({});
  });
});
