import { describe, expect, it } from '@jest/globals';
import { faultOfKey } from './file-key.js';

describe('the key of a file', () => {
  it.each([
    'a',
    'a/b.png',
    'a/..b',
    '100%',
    'a b/c+d',
    'Müller/ß',
    'x'.repeat(1024),
    '€'.repeat(341),
    '\u{1f600}'.repeat(256),
  ])('may be %s', (key) => {
    expect(faultOfKey(key)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['x'.repeat(1025), '1025'],
    ['€'.repeat(400), '1200'],
    ['\u{1f600}'.repeat(257), '1028'],
    ['a\ud800', 'Unicode'],
    ['/a', 'segments'],
    ['a/', 'segments'],
    ['a//b', 'segments'],
    ['.', 'segments'],
    ['../a', 'segments'],
    ['a/../../b', 'segments'],
    ['a/./b', 'segments'],
    ['..\\a', '"\\"'],
    ['a\u0000b', 'control'],
    ['a\r\nb', 'control'],
    ['a\u0085b', 'control'],
    ['%2e%2e/a', 'percent'],
    ['a%2Fb', 'percent'],
    ['a%252fb', 'percent'],
  ])('may not be %j', (key, fault) => {
    expect(faultOfKey(key)).toContain(fault);
  });

  it.each(['uploads/a', 'uploads/b/c.png'])('may be %s below uploads/', (key) => {
    expect(faultOfKey(key, 'uploads/')).toBeUndefined();
  });

  it.each(['a', 'uploads', 'Uploads/a', 'uploadsa', 'x/uploads/a'])(
    'may not be %s, not below uploads/',
    (key) => {
      expect(faultOfKey(key, 'uploads/')).toBe('must begin with "uploads/"');
    },
  );
});
