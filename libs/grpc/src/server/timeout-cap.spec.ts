import { describe, expect, it } from '@jest/globals';
import { cappedTimeout } from './timeout-cap.js';

describe('the time-out of a call', () => {
  it.each(['0n', '1n', '99999999n', '99999999u', '99999999m', '2073600S', '34560M', '576H'])(
    'is kept when it is %s',
    (timeout) => {
      expect(cappedTimeout(timeout)).toBe(timeout);
    },
  );

  it.each([
    '2073601S',
    '2592000S',
    '4320000S',
    '99999999S',
    '34561M',
    '99999999M',
    '577H',
    '720H',
    '99999999H',
  ])('is 24 days when it is %s', (timeout) => {
    expect(cappedTimeout(timeout)).toBe('576H');
  });

  it.each(['', 'H', '-5S', '1.5S', '5', '5x', '999999999S'])(
    'is left to grpc-js when it is "%s"',
    (timeout) => {
      expect(cappedTimeout(timeout)).toBe(timeout);
    },
  );
});
