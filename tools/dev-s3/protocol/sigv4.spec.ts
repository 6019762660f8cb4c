import { describe, expect, it } from '@jest/globals';
import { signatureOf, signingKey } from './sigv4.ts';

const KEY = signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '20130524T000000Z', 'us-east-1');

describe('a signature of version 4', () => {
  it('is the one that Amazon documents for its example of a GET with a range', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const signature = signatureOf(
      {
        method: 'GET',
        path: '/test.txt',
        query: [],
        headers: [
          ['host', 'examplebucket.s3.amazonaws.com'],
          ['range', 'bytes=0-9'],
          ['x-amz-content-sha256', empty],
          ['x-amz-date', '20130524T000000Z'],
        ],
        payloadHash: empty,
      },
      KEY,
    );
    expect(signature).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  it('is the one that Amazon documents for a list with parameters, in any order', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const signature = signatureOf(
      {
        method: 'GET',
        path: '/',
        query: [
          ['prefix', 'J'],
          ['max-keys', '2'],
        ],
        headers: [
          ['x-amz-date', '20130524T000000Z'],
          ['host', 'examplebucket.s3.amazonaws.com'],
          ['x-amz-content-sha256', empty],
        ],
        payloadHash: empty,
      },
      KEY,
    );
    expect(signature).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
  });
});
