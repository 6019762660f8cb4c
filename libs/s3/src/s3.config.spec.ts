import { describe, expect, it } from '@jest/globals';
import { s3Config } from './s3.config.js';

const valid = { endpoint: 'http://127.0.0.1:9000', bucket: 'files' };

function issuesOf(changes: Record<string, unknown>): string[] {
  return (s3Config.schema.safeParse({ ...valid, ...changes }).error?.issues ?? []).map(({ path }) =>
    path.join('.'),
  );
}

describe('the configuration of s3', () => {
  it('requires only an endpoint and a bucket', () => {
    expect(issuesOf({})).toEqual([]);
  });

  it.each([
    [undefined, 'uploads/'],
    ['a/b/', 'a/b/'],
    ['/', ''],
  ])('reads %p as the prefix %p', (keyPrefix, prefix) => {
    expect(s3Config.schema.parse({ ...valid, keyPrefix }).keyPrefix).toBe(prefix);
  });

  it.each([
    { changes: { partSize: '1MiB' }, path: 'partSize' },
    { changes: { maxFileSize: '100GiB' }, path: 'maxFileSize' },
    { changes: { bufferMemory: '4MiB' }, path: 'bufferMemory' },
    { changes: { presignedExpiry: '2h' }, path: 'presignedExpiry' },
    { changes: { presignedExpiry: '500ms' }, path: 'presignedExpiry' },
    { changes: { maxPresignedExpiry: '8d' }, path: 'maxPresignedExpiry' },
    { changes: { keyPrefix: 'uploads' }, path: 'keyPrefix' },
    { changes: { keyPrefix: '' }, path: 'keyPrefix' },
    { changes: { keyPrefix: '//' }, path: 'keyPrefix' },
    { changes: { keyPrefix: '/uploads/' }, path: 'keyPrefix' },
    { changes: { keyPrefix: 'a/../b/' }, path: 'keyPrefix' },
    { changes: { accessKey: 'without a secret' }, path: 'secretKey' },
  ])('rejects values beyond the limits of S3 or of the memory: $path', ({ changes, path }) => {
    expect(issuesOf(changes)).toEqual([path]);
  });
});
