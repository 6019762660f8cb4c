import { describe, expect, it } from '@jest/globals';
import { faultOfKey } from './file-key.js';

describe('the key of a file', () => {
  it.each(['a', 'a/b.png', 'Müller/ß', 'x'.repeat(1024), '€'.repeat(341), '\u{1f600}'.repeat(256)])(
    'may be %s',
    (key) => {
      expect(faultOfKey(key)).toBeUndefined();
    },
  );

  it.each([
    ['', 'empty'],
    ['x'.repeat(1025), '1025'],
    ['€'.repeat(400), '1200'],
    ['\u{1f600}'.repeat(257), '1028'],
    ['a\ud800', 'Unicode'],
  ])('may not be %j, counted in bytes', (key, fault) => {
    expect(faultOfKey(key)).toContain(fault);
  });
});
