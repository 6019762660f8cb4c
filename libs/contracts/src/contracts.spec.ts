import { describe, expect, it } from '@jest/globals';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  EchoColor,
  EchoItem,
  EchoRequest,
  EchoResponse,
  EchoServiceDefinition,
  fileDescriptorSet,
} from './index.js';

const request: EchoRequest = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  name: 'a',
  amount: -2,
  color: EchoColor.GREEN,
  at: new Date('2026-01-02T03:04:05.678Z'),
  items: [{ key: 'a', count: 2 ** 53 - 1 }],
};

describe('generated messages', () => {
  it('are equal after encoding and decoding', () => {
    expect(EchoRequest.decode(EchoRequest.encode(request).finish())).toEqual(request);
    const failed: EchoResponse = { outcome: { $case: 'failure', value: { reason: 'FULL' } } };
    expect(EchoResponse.decode(EchoResponse.encode(failed).finish())).toEqual(failed);
  });

  it.each([2n ** 53n, -(2n ** 53n)])('reject the int64 %s instead of losing precision', (value) => {
    const count = 2 << 3;
    const bytes = new BinaryWriter().uint32(count).int64(value).finish();
    expect(() => EchoItem.decode(bytes)).toThrow('SAFE_INTEGER');
  });

  it('are snake_case in JSON and include 0', () => {
    expect(EchoItem.toJSON({ key: 'a', count: 0 })).toEqual({ key: 'a', count: 0 });
  });

  it('preserve a timestamp in JSON, the format of events', () => {
    const text = JSON.stringify(EchoRequest.toJSON(request));
    expect(text).toContain('"at":"2026-01-02T03:04:05.678Z"');
    expect(EchoRequest.fromJSON(JSON.parse(text))).toEqual(request);
  });
});

describe('generated services', () => {
  it('declare their path, their streams and whether a retry is safe', () => {
    const { echo, converse } = EchoServiceDefinition.methods;
    expect(echo).toMatchObject({
      path: '/ganymede.testing.v1.EchoService/Echo',
      idempotency: 'no_side_effects',
    });
    expect(converse).toMatchObject({ requestStream: true, responseStream: true, idempotency: 'unknown' });
  });

  it('are in the descriptor image, imports included', () => {
    const image = Buffer.from(fileDescriptorSet()).toString('latin1');
    for (const name of ['ganymede/testing/v1/testing.proto', 'google/protobuf/timestamp.proto']) {
      expect(image).toContain(name);
    }
  });
});
