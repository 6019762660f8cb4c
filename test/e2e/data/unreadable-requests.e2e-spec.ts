import { DeadLettersServiceDefinition } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { rawExchange } from '../../support/network/raw-exchange.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { expectError } from '../expect-error.js';

describe('text that cannot be stored', () => {
  const { http, apps } = runningSystem();
  let caller: GrpcCaller;
  beforeAll(() => {
    caller = new GrpcCaller(apps.worker.port);
  });
  afterAll(() => caller.close());

  it.each([
    ['/health?name=%00', 'VALIDATION_FAILED'],
    ['/health?%00=1', 'VALIDATION_FAILED'],
    ['/health?name=%C0%80', 'MALFORMED_REQUEST'],
    ['/health?name=%ED%A0%80', 'MALFORMED_REQUEST'],
    ['/health?name=%ff', 'MALFORMED_REQUEST'],
  ])('is refused in the address %s', async (path, reason) => {
    expectError(await http.get(path), 400, reason);
  });

  it('is refused in an address that is not percent-encoded', async () => {
    const reply = await rawExchange(
      http.port,
      'GET /health?name=\u00e9 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    );
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([400, { reason: 'MALFORMED_REQUEST' }]);
  });

  it.each([
    ['is not UTF-8', [0x61, 0xe9], /^The request is no /],
    ['has a NUL', [0x61, 0x00], /cursor .*U\+0000/],
    ['is half of a surrogate pair', [0xed, 0xa0, 0x80], /^The request is no /],
  ])('is refused by a gRPC server when it %s', async (_what, text, details) => {
    // The field `cursor`, a text, of the request for a list.
    const bytes = Buffer.from([(4 << 3) | 2, text.length, ...text]);
    const method = DeadLettersServiceDefinition.methods.list;
    const request = { ...method.request, encode: () => ({ finish: () => bytes }) as never };
    const call = caller.call({ ...method, request }, method.request.fromJSON({}));
    await expect(call).rejects.toMatchObject({ code: 3, details: expect.stringMatching(details) });
  });
});
