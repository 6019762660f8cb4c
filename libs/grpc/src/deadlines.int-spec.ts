import { setImmediate as turn } from 'node:timers/promises';
import { EchoRequest, type EchoResponse, EchoServiceDefinition } from '@app/contracts';
import { DeadlineExceededError } from '@app/errors';
import { AccessLog } from '@app/logging';
import {
  Client,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type Server,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { Controller, Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { answer, EchoController, EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { FULL } from '../../../test/support/assertions/form.js';
import { GrpcServer } from './grpc.server.js';
import { GrpcService } from './grpc-service.decorator.js';
import { asIs, toBuffer } from './message-bytes.js';

const { methods } = EchoServiceDefinition;
const KINDS = ['echo', 'expand', 'collect', 'converse'] as const;
type Kind = (typeof KINDS)[number];

const BYTES = toBuffer(EchoRequest, request('tea'));
/** The calls that expire. A connection may reset half of them at once; in the full form that is the default of Node.js. */
const EXPIRED = FULL ? 2_000 : 400;
const LIMITS = {
  APP__GRPC__STREAM_RESET_BURST: String(EXPIRED / 2),
  APP__GRPC__STREAM_RESET_RATE: FULL ? '33' : '6',
};

/** Twice what Node.js lets a connection reset at once. */
const CALLS = 2_000;
const AT_ONCE = 10;
const DAY_MS = 86_400_000;

/** The handlers that have begun, and those that still run. */
let entered = 0;
let running = 0;
let gate = Promise.withResolvers<void>();

/** Handlers that ignore their signal, and succeed when the test releases them. */
@Controller()
@GrpcService(EchoServiceDefinition)
class Stubborn extends EchoController {
  override echo(): Promise<EchoResponse> {
    return this.outlive();
  }

  override async *expand(): AsyncGenerator<EchoResponse> {
    yield await this.outlive();
  }

  override collect(): Promise<EchoResponse> {
    return this.outlive();
  }

  override async *converse(): AsyncGenerator<EchoResponse> {
    yield await this.outlive();
  }

  private async outlive(): Promise<EchoResponse> {
    entered += 1;
    running += 1;
    try {
      await gate.promise;
      return answer('too late');
    } finally {
      running -= 1;
    }
  }
}

interface Call {
  /** The error of the call; null when it succeeded. */
  readonly ending: Promise<ServiceError | null>;
  cancel(): void;
}

/** A call by another client than ours. A stream of requests sends one and stays open. */
function begin(client: Client, kind: Kind, forMs: number): Call {
  const { path } = methods[kind];
  const rest = [new Metadata(), { deadline: Date.now() + forMs }] as const;
  const { promise: ending, resolve } = Promise.withResolvers<ServiceError | null>();
  const settled = (error: ServiceError | null) => resolve(error);
  const call = {
    echo: () => client.makeUnaryRequest(path, asIs, asIs, BYTES, ...rest, settled),
    expand: () => readAll(client.makeServerStreamRequest(path, asIs, asIs, BYTES, ...rest), settled),
    collect: () => sendOne(client.makeClientStreamRequest(path, asIs, asIs, ...rest, settled)),
    converse: () => readAll(sendOne(client.makeBidiStreamRequest(path, asIs, asIs, ...rest)), settled),
  }[kind]();
  return { ending, cancel: () => call.cancel() };
}

function sendOne<Stream extends ClientWritableStream<Buffer>>(call: Stream): Stream {
  call.write(BYTES);
  return call;
}

function readAll<Stream extends ClientReadableStream<Buffer>>(
  call: Stream,
  settled: (error: ServiceError | null) => void,
): Stream {
  call.once('error', (error) => settled(error as ServiceError));
  return call.once('end', () => settled(null)).resume();
}

/** Whether the server sent the status; a client that gives up has no such details. */
function isFromServer(error: ServiceError | null): boolean {
  return error?.metadata.get('grpc-status-details-bin').length === 1;
}

/** The number of calls per status. */
function tally(errors: readonly (ServiceError | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const error of errors) {
    const code = status[error?.code ?? status.OK] ?? 'none';
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

describe('calls whose handlers outlive the deadline', () => {
  let fixture: EchoFixture;
  let client: Client;
  let connections: number;

  async function open(environment: Record<string, string> = {}): Promise<void> {
    fixture = await EchoFixture.open(environment, Stubborn);
    connections = 0;
    const listeners = Reflect.get(fixture.server.get(GrpcServer).unwrap<Server>(), 'http2Servers') as Map<
      NodeJS.EventEmitter,
      unknown
    >;
    for (const listener of listeners.keys()) listener.on('session', () => (connections += 1));
    client = new Client(`127.0.0.1:${fixture.port}`, credentials.createInsecure());
    await new Promise<void>((resolve, reject) =>
      client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve())),
    );
  }

  /** Begins a few calls at a time, since the server shares this process with its client. */
  async function beginEach(count: number, msOf: (index: number) => number): Promise<Call[]> {
    const calls: Call[] = [];
    let ended = 0;
    while (calls.length < count) {
      for (let made = 0; made < AT_ONCE; made++) {
        const call = begin(client, KINDS[calls.length % KINDS.length] ?? 'echo', msOf(calls.length));
        void call.ending.then(() => (ended += 1));
        calls.push(call);
      }
      while (entered < calls.length && ended < calls.length) await turn();
    }
    return calls;
  }

  const endingsOf = (calls: readonly Call[]) => Promise.all(calls.map(({ ending }) => ending));
  const counted = async (labels: Record<string, string> = {}) => {
    const page = await fixture.metrics();
    return {
      ended: page.sum('grpc_requests_total', labels),
      sent: page.sum('grpc_messages_sent_total'),
      left: page.sum('grpc_requests_in_flight'),
    };
  };

  beforeEach(() => {
    entered = 0;
    running = 0;
    gate = Promise.withResolvers();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    gate.resolve();
    client.close();
    await fixture.close();
  });

  it(`receive DEADLINE_EXCEEDED, ${EXPIRED} of them, and their one connection stays open`, async () => {
    await open(LIMITS);
    // At most five hundred calls end per second, which a busy machine can do too.
    const calls = await beginEach(EXPIRED, (index) => 1_000 + 2 * index);
    expect(tally(await endingsOf(calls))).toEqual({ DEADLINE_EXCEEDED: EXPIRED });
    expect(connections).toBe(1);
  });

  it.each(KINDS)('end once, before their client gives up, for the kind %s', async (kind) => {
    await open();
    const line = jest.spyOn(fixture.server.get(AccessLog, { strict: false }), 'write');
    let made = 0;
    // A busy machine may once be late by more than the margin.
    await eventually(async () => {
      made += AT_ONCE;
      const endings = await endingsOf(Array.from({ length: AT_ONCE }, () => begin(client, kind, 500)));
      expect(tally(endings)).toEqual({ DEADLINE_EXCEEDED: AT_ONCE });
      expect(endings.every(isFromServer)).toBe(true);
    });
    // Their handlers are still in flight, and a server that stops waits for them.
    expect(await counted()).toEqual({ ended: made, sent: 0, left: made });
    const drained = fixture.server.get(GrpcServer).drain();
    gate.resolve();
    await drained;
    expect(running).toBe(0);
    // The handlers' results are neither sent nor counted.
    expect(await counted({ code: 'DEADLINE_EXCEEDED' })).toEqual({ ended: made, sent: 0, left: 0 });
    expect(line.mock.calls.map(([{ code }]) => code)).toEqual(Array(made).fill('DEADLINE_EXCEEDED'));
  });

  it('do not log the time-out with which a handler fails afterwards', async () => {
    await open();
    const warned = jest.spyOn(Logger.prototype, 'warn');
    await begin(client, 'echo', 100).ending;
    await eventually(() => expect(running).toBe(1));
    gate.reject(DeadlineExceededError.of('A query'));
    await fixture.server.get(GrpcServer).drain();
    expect(warned).not.toHaveBeenCalled();
  });

  it('receive DEADLINE_EXCEEDED even with a few milliseconds', async () => {
    await open(LIMITS);
    const calls = Array.from({ length: 200 }, (_, index) => begin(client, 'echo', index % 5));
    expect(tally(await endingsOf(calls))).toEqual({ DEADLINE_EXCEEDED: 200 });
    expect(connections).toBe(1);
  });

  it.each(KINDS)(
    'complete normally when their deadline is weeks or years away, for the kind %s',
    async (kind) => {
      await open();
      const days = [24, 25, 30, 50, 60, 365, 4_000_000];
      const calls = days.map((count) => begin(client, kind, count * DAY_MS));
      await eventually(() => expect(entered).toBe(days.length));
      gate.resolve();
      // The response ends a stream of requests that is still open.
      expect(tally(await endingsOf(calls))).toEqual({ OK: days.length });
    },
  );

  it('keep their connection when the client cancels 2,000 others at once', async () => {
    await open();
    const other = begin(client, 'echo', 60_000);
    const calls = await beginEach(CALLS, () => 60_000);
    for (const call of calls) call.cancel();
    expect(tally(await endingsOf(calls))).toEqual({ CANCELLED: CALLS });
    await eventually(async () => expect((await counted({ code: 'CANCELLED' })).ended).toBe(CALLS));
    gate.resolve();
    expect(await other.ending).toBeNull();
    expect(connections).toBe(1);
  });
});
