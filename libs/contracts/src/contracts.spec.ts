import { describe, expect, it } from '@jest/globals';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  BatchIncrementResponse,
  Counter,
  CountersIncremented,
  CountersServiceDefinition,
  fileDescriptorSet,
} from './index.js';

describe('generated messages', () => {
  it('come back from the wire as they went', () => {
    const sent: BatchIncrementResponse = {
      outcomes: [
        {
          outcome: {
            $case: 'counter',
            value: { resourceId: 'a', counterType: 'likes', currentValue: -(2 ** 53 - 1) },
          },
        },
        { outcome: { $case: 'failure', value: { reason: 'COUNTER_OVERFLOW', message: 'too large' } } },
      ],
    };
    const bytes = BatchIncrementResponse.encode(sent).finish();
    expect(BatchIncrementResponse.decode(bytes)).toEqual(sent);
  });

  it.each([2n ** 53n, -(2n ** 53n)])('refuse the int64 %s instead of losing digits', (value) => {
    const currentValue = 3 << 3;
    const bytes = new BinaryWriter().uint32(currentValue).int64(value).finish();
    expect(() => Counter.decode(bytes)).toThrow('SAFE_INTEGER');
  });

  it('are snake_case in JSON and say 0', () => {
    expect(Counter.toJSON({ resourceId: 'a', counterType: 'likes', currentValue: 0 })).toEqual({
      resource_id: 'a',
      counter_type: 'likes',
      current_value: 0,
    });
  });

  it('keep an instant through JSON, as events travel', () => {
    const event: CountersIncremented = {
      shard: 3,
      epoch: 1,
      sequence: 42,
      occurredAt: new Date('2026-01-02T03:04:05.678Z'),
      deltas: [{ resourceId: 'a', counterType: 'likes', delta: -2 }],
    };
    const text = JSON.stringify(CountersIncremented.toJSON(event));
    expect(text).toContain('"occurred_at":"2026-01-02T03:04:05.678Z"');
    expect(CountersIncremented.fromJSON(JSON.parse(text))).toEqual(event);
  });
});

describe('generated services', () => {
  it('name their wire path and whether a retry is safe', () => {
    expect(CountersServiceDefinition.methods.batchGet).toMatchObject({
      path: '/ganymede.counters.v1.CountersService/BatchGet',
      idempotency: 'no_side_effects',
    });
    expect(CountersServiceDefinition.methods.increment.idempotency).toBe('unknown');
  });

  it('are in the descriptor image, imports included', () => {
    const image = Buffer.from(fileDescriptorSet()).toString('latin1');
    for (const name of ['ganymede/counters/v1/counters.proto', 'google/protobuf/timestamp.proto']) {
      expect(image).toContain(name);
    }
  });
});
