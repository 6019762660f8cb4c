import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { S3Fixture } from './s3.fixture.ts';

/** Sorted by their bytes; JavaScript sorts the last two differently. */
const KEYS = ['a', 'a-b', 'a.b', 'a/', 'a/b', 'a/c/d', 'a0', 'b/1', 'b/2', 'é', '\uffee', '🐈'];

let s3: S3Fixture;

beforeAll(async () => {
  s3 = await S3Fixture.start();
  for (const Key of [...KEYS].reverse())
    await s3.client.send(new PutObjectCommand({ ...s3.at(Key), Body: Key }));
});
afterAll(() => s3.stop());

/** Every entry, page by page. */
async function list(options: object, pageSize: number): Promise<string[]> {
  const found: string[] = [];
  const pages = paginateListObjectsV2({ client: s3.client, pageSize }, { Bucket: s3.bucket, ...options });
  for await (const { Contents = [], CommonPrefixes = [], KeyCount } of pages) {
    const entries = [
      ...Contents.map(({ Key = '' }) => Key),
      ...CommonPrefixes.map(({ Prefix = '' }) => Prefix),
    ];
    expect(KeyCount).toBe(entries.length);
    expect(entries.length).toBeLessThanOrEqual(pageSize);
    found.push(...entries);
  }
  return found;
}

describe('a list of objects', () => {
  it.each([1, 2, 5, 1000])('has all keys in the order of their bytes, in pages of %i', async (pageSize) => {
    expect(await list({}, pageSize)).toEqual(KEYS);
  });

  it.each([
    [{ Prefix: 'a/' }, ['a/', 'a/b', 'a/c/d']],
    [{ Prefix: 'nothing' }, []],
    [{ Delimiter: '/' }, ['a', 'a-b', 'a.b', 'a0', 'é', '\uffee', '🐈', 'a/', 'b/']],
    [{ Delimiter: '/', Prefix: 'a/' }, ['a/', 'a/b', 'a/c/']],
    [{ Delimiter: '-b', Prefix: 'a' }, ['a', 'a.b', 'a/', 'a/b', 'a/c/d', 'a0', 'a-b']],
    [{ StartAfter: 'b/1' }, ['b/2', 'é', '\uffee', '🐈']],
    [{ StartAfter: 'a/b', Delimiter: '/' }, ['a0', 'é', '\uffee', '🐈', 'b/']],
  ])('of %j has %j', async (options, expected) => {
    expect((await list(options, 1000)).sort()).toEqual([...expected].sort());
    expect((await list(options, 1)).sort()).toEqual([...expected].sort());
  });

  it('has no empty page that announces another one', async () => {
    const empty = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, MaxKeys: 0 }));
    expect(empty).toMatchObject({ IsTruncated: false, KeyCount: 0 });
  });

  it('continues after a marker in version 1 of the operation', async () => {
    const command = new ListObjectsCommand({ Bucket: s3.bucket, MaxKeys: 4, Delimiter: '/' });
    const first = await s3.client.send(command);
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'a/' });
    const next = new ListObjectsCommand({ Bucket: s3.bucket, Delimiter: '/', Marker: first.NextMarker });
    const { Contents = [] } = await s3.client.send(next);
    expect(Contents.map(({ Key }) => Key)).toEqual(['a0', 'é', '\uffee', '🐈']);
  });

  it('describes its objects', async () => {
    const { Contents } = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, MaxKeys: 1 }));
    expect(Contents).toEqual([
      {
        Key: 'a',
        Size: 1,
        ETag: expect.any(String),
        LastModified: expect.any(Date),
        StorageClass: 'STANDARD',
      },
    ]);
  });
});

describe('a bucket', () => {
  it('is created once, listed, and deleted when it is empty', async () => {
    const Bucket = 'another-bucket';
    await s3.client.send(new CreateBucketCommand({ Bucket }));
    await expect(s3.client.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    const { Buckets = [] } = await s3.client.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual([Bucket, s3.bucket]);
    await s3.client.send(new HeadBucketCommand({ Bucket }));
    await s3.client.send(new GetBucketLocationCommand({ Bucket }));
    const at = { Bucket, Key: 'key' };
    await s3.client.send(new PutObjectCommand({ ...at, Body: 'x' }));
    const deletion = () => s3.client.send(new DeleteBucketCommand({ Bucket }));
    await expect(deletion()).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    await s3.client.send(new DeleteObjectCommand(at));
    await deletion();
    await expect(s3.client.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await expect(s3.client.send(new PutObjectCommand({ ...at, Body: 'x' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  it.each(['Upper', 'a', 'under_score', 'dots..dots', 'x'.repeat(64)])(
    'cannot be named %s',
    async (Bucket) => {
      const client = s3.clientOf({ bucketEndpoint: false });
      await expect(client.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
        name: 'InvalidBucketName',
      });
      client.destroy();
    },
  );
});
