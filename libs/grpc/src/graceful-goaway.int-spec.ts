import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { EchoServiceDefinition } from '@app/contracts';
import { Lifecycle } from '@app/lifecycle';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answer, EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { GrpcServer } from './grpc.server.js';

describe('while a stopping server still serves', () => {
  let fixture: EchoFixture;
  beforeEach(async () => {
    fixture = await EchoFixture.open();
  });
  afterEach(() => fixture.close());

  it('calls are answered, whether they were sent before or after the GOAWAY arrived', async () => {
    await fixture.client.echo(request('tea'));
    fixture.server.get(Lifecycle).startDraining();
    for (let round = 0; round < 20; round++) {
      const calls = Array.from({ length: 10 }, () => fixture.client.echo(request('tea')));
      expect(await Promise.all(calls)).toEqual(calls.map(() => answer('tea')));
    }
  });

  it('a client moves to another connection at the end of its next call', async () => {
    const session = connect(`http://127.0.0.1:${fixture.port}`);
    await once(session, 'connect');
    fixture.server.get(Lifecycle).startDraining();
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.resume().end(Buffer.alloc(5));
    await once(session, 'goaway');
    await once(call, 'close');
    expect(call.rstCode).toBe(0);
    await once(session, 'close');
  });
});

describe('when the intake of a server stops', () => {
  let fixture: EchoFixture;
  let session: ClientHttp2Session;
  beforeEach(async () => {
    fixture = await EchoFixture.open();
    fixture.server.get(Lifecycle).startDraining();
    session = connect(`http://127.0.0.1:${fixture.port}`);
    await once(session, 'connect');
  });
  afterEach(async () => {
    session.destroy();
    await fixture.close();
  });

  /** Begins a call, and resolves with its status and its reset code. */
  async function call(path: string, message: Buffer): Promise<{ status: unknown; rstCode: number }> {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status: unknown;
    for (const event of ['response', 'trailers'])
      stream.on(event, (headers: IncomingHttpHeaders) => (status = headers['grpc-status'] ?? status));
    stream.resume().end(frame(message));
    await once(stream, 'close');
    return { status, rstCode: stream.rstCode };
  }

  it('a call in flight on a new connection is answered, with a GOAWAY that excludes no call', async () => {
    const { path, request: codec } = EchoServiceDefinition.methods.echo;
    const goaway = once(session, 'goaway');
    const waiting = call(path, Buffer.from(codec.encode(request('wait')).finish()));
    await eventually(() => expect(fixture.script.waiting).toBe(1));
    await fixture.server.get(GrpcServer).stopIntake();
    expect(await call(path, Buffer.from(codec.encode(request('tea')).finish()))).toEqual({
      status: '14',
      rstCode: 0,
    });
    fixture.script.finish();
    expect(await waiting).toEqual({ status: '0', rstCode: 0 });
    expect(await goaway).toEqual([0, 2 ** 31 - 1, undefined]);
  });
});

/** A message as gRPC sends it: not compressed, with its length. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([head, message]);
}
