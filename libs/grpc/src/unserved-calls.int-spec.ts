import { connect } from 'node:http2';
import { once } from 'node:events';
import { EchoServiceDefinition } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EchoFixture } from '../../../test/support/apps/echo-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';

const { path } = EchoServiceDefinition.methods.echo;
const GRPC = { 'content-type': 'application/grpc', te: 'trailers' };

describe('a call that reaches no handler', () => {
  let fixture: EchoFixture;
  beforeAll(async () => {
    fixture = await EchoFixture.open();
  });
  afterAll(() => fixture.close());

  /** Sends a request on its own connection, as any client may. */
  const send = async (headers: Record<string, string>) => {
    const session = connect(`http://127.0.0.1:${fixture.port}`);
    const stream = session.request({ ':method': 'POST', ...headers });
    stream.on('error', () => undefined).resume();
    stream.end();
    await once(stream, 'close');
    session.close();
  };
  const counted = async (method: string, code: string) =>
    (await fixture.metrics()).sum('grpc_requests_total', { method, code });

  it.each([
    ['of a service that there is not', '/nowhere.Service/Method', GRPC, 'unmatched', 'UNIMPLEMENTED'],
    ['of an unknown method of a service', `${path}Nothing`, GRPC, 'unmatched', 'UNIMPLEMENTED'],
    ['that is no gRPC', path, { 'content-type': 'application/json' }, path, 'INVALID_ARGUMENT'],
    ['that is no gRPC, to nowhere', '/a', { 'content-type': 'text/plain' }, 'unmatched', 'INVALID_ARGUMENT'],
    ['whose time-out cannot be read', path, { ...GRPC, 'grpc-timeout': 'soon' }, path, 'INTERNAL'],
  ])('is counted once: one %s', async (_what, target, headers, method, code) => {
    const before = await counted(method, code);
    await send({ ':path': target, ...headers });
    await eventually(async () => expect(await counted(method, code)).toBe(before + 1));
  });

  it('adds one series for all unknown paths', async () => {
    const before = (await fixture.metrics()).samples.length;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => send({ ':path': `/random.${index}/Method`, ...GRPC })),
    );
    expect((await fixture.metrics()).samples.length).toBe(before);
  });

  it('is counted with 0 before the first fault of a method, so that alerts see the increase', async () => {
    for (const code of ['UNKNOWN', 'INTERNAL', 'UNAVAILABLE', 'DEADLINE_EXCEEDED']) {
      const { samples } = await fixture.metrics();
      const shown = samples.filter(
        ({ name, labels }) =>
          name === 'grpc_requests_total' && labels['code'] === code && labels['method']?.endsWith('Converse'),
      );
      expect(shown.map(({ value }) => value)).toEqual([0]);
    }
  });
});
