import { type CallOptions, EchoRequest, type EchoResponse, EchoServiceDefinition } from '@app/contracts';
import type { AppError } from '@app/errors';
import { Resilience } from '@app/resilience';
import { type sendUnaryData, status as GrpcCode } from '@grpc/grpc-js';
import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { freePort } from '../../../test/support/network/free-port.js';
import { given } from '../../../test/support/apps/given.js';
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
abstract class Checks extends Reads {}

const REQUEST = EchoRequest.create({ name: 'tea' });
const POLICY = 'APP__RESILIENCE__POLICIES__WORKER';
/** More failures than any circuit of this file needs to open. */
const MANY = 20;

describe('a call without a connection to its upstream', () => {
  let server: EchoServer;
  let port: number;
  let app: INestApplicationContext;

  beforeEach(async () => {
    server = new EchoServer();
    port = await freePort();
  });

  afterEach(async () => {
    server.kill();
    await app.close();
  });

  async function start(configured: Record<string, string> = {}): Promise<void> {
    app = await given
      .app('gateway')
      .with(
        GrpcClientModule.forFeature(
          'worker',
          { client: Reads, definition: EchoServiceDefinition },
          { client: Writes, definition: WriteDefinition },
          { client: Checks, definition: EchoServiceDefinition, checksHealth: true },
        ),
      )
      .configured({
        APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${port}`,
        [`${POLICY}__BREAKER__MINIMUM_CALLS`]: '5',
        // Failures do not expire during the test.
        [`${POLICY}__BREAKER__HALF_OPEN_AFTER`]: '1h',
        ...configured,
      })
      .start();
  }

  const write = (options?: CallOptions) => app.get(Writes).echo(REQUEST, options);
  const read = () => app.get(Reads).echo(REQUEST);
  const check = () => app.get(Checks).echo(REQUEST);
  const circuits = () => app.get(Resilience, { strict: false }).openCircuits();
  const active = () => app.get(Resilience, { strict: false }).policy('worker').active;
  const many = (call: () => Promise<unknown>) => Promise.all(Array.from({ length: MANY }, call));

  /** The reason of a failed call. */
  const reasonOf = (call: Promise<unknown>) =>
    call.then(
      () => 'OK',
      (error: unknown) => (error as AppError).reason,
    );

  /** Calls until a call fails at once and the circuit opens. */
  const untilOpen = () =>
    eventually(async () => expect(await reasonOf(write())).toBe('CIRCUIT_OPEN'), { within: 5000 });

  it('waits for the first connection, for longer than an attempt may take', async () => {
    await start({ [`${POLICY}__ATTEMPT_TIMEOUT`]: '1s' });
    const calls = Promise.all([write(), read(), many(write)]);
    await expect(write({ deadline: Date.now() + 1500 })).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
    await server.listen(port);
    expect(await calls).toEqual([ANSWER, ANSWER, Array.from({ length: MANY }, () => ANSWER)]);
    expect(circuits()).toEqual({});
  });

  it('waits for a lost connection to be restored', async () => {
    await server.listen(port);
    await start();
    await write();
    server.kill();
    await eventually(async () => expect(await reasonOf(check())).toBe('UPSTREAM_UNAVAILABLE'));
    const calls = many(write);
    await server.listen(port);
    expect(await calls).toEqual(Array.from({ length: MANY }, () => ANSWER));
  });

  it('waits again when the server refused it before it began', async () => {
    await server.listen(port);
    await start();
    await write();
    server.kill();
    // The client has not noticed yet that the connection is closed.
    const calls = many(write);
    await eventually(async () => expect(await reasonOf(check())).toBe('UPSTREAM_UNAVAILABLE'));
    await server.listen(port);
    expect(await calls).toEqual(Array.from({ length: MANY }, () => ANSWER));
  });

  it('fails as unsent when no other server replaces that one in time', async () => {
    await server.listen(port);
    await start({ APP__UPSTREAMS__WORKER__CONNECT_WAIT: '700ms' });
    await write();
    server.kill();
    expect(new Set(await many(() => reasonOf(write())))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
  });

  it('fails after connect_wait, without counting for the circuit, and later calls fail at once', async () => {
    await start({ APP__UPSTREAMS__WORKER__CONNECT_WAIT: '700ms' });
    const reasons = await many(() => reasonOf(write()));
    expect(new Set(reasons)).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    expect(circuits()).toEqual({});
    const started = performance.now();
    expect(await reasonOf(write())).toBe('UPSTREAM_UNAVAILABLE');
    expect(performance.now() - started).toBeLessThan(500);
    await untilOpen();
  });

  it('stops waiting at its deadline, or when its caller cancels', async () => {
    await start();
    expect(await reasonOf(write({ deadline: Date.now() + 50 }))).toBe('UPSTREAM_UNAVAILABLE');
    const caller = new AbortController();
    const call = reasonOf(write({ signal: caller.signal }));
    await eventually(() => expect(active()).toBe(1));
    caller.abort();
    expect(await call).toBe('CANCELLED');
    expect(active()).toBe(0);
  });

  it('takes a place of the bulkhead while it waits', async () => {
    await start({ [`${POLICY}__BULKHEAD__MAX_CONCURRENT`]: '2', [`${POLICY}__BULKHEAD__QUEUE`]: '0' });
    const calls = Promise.all([write(), write()]);
    expect(await reasonOf(write())).toBe('OVERLOADED');
    await server.listen(port);
    expect(await calls).toEqual([ANSWER, ANSWER]);
  });

  it('is not refused by a circuit that was opened before the connection', async () => {
    await start({ APP__UPSTREAMS__WORKER__CONNECT_WAIT: '0s' });
    await untilOpen();
    await server.listen(port);
    await eventually(async () => expect(await reasonOf(check())).toBe('OK'));
    expect(await many(write)).toEqual(Array.from({ length: MANY }, () => ANSWER));
    expect(circuits()).toEqual({});
  });

  it('fails at once for a health check, and does not count for the circuit', async () => {
    await start();
    await eventually(async () => expect(await reasonOf(check())).toBe('UPSTREAM_UNAVAILABLE'));
    const started = performance.now();
    expect(new Set(await many(() => reasonOf(check())))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    expect(performance.now() - started).toBeLessThan(500);
    expect(circuits()).toEqual({});
    await server.listen(port);
    expect(await write()).toEqual(ANSWER);
  });

  it('bypasses the circuit of the traffic for a health check, and is made once', async () => {
    await server.listen(port);
    await start();
    server.answer = (reply) => reply({ code: GrpcCode.UNAVAILABLE });
    await untilOpen();
    server.calls = 0;
    expect(await reasonOf(check())).toBe('UPSTREAM_UNAVAILABLE');
    expect(server.calls).toBe(1);
    server.answer = (reply: sendUnaryData<EchoResponse>) => reply(null, ANSWER);
    expect(await check()).toEqual(ANSWER);
    expect(circuits()).toEqual({ worker: 'open' });
  });
});
