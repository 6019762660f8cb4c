import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refused } from './refused.ts';
import { S3Fixture } from './s3.fixture.ts';

const MiB = 1024 ** 2;
const md5 = (content: Buffer | string): string => `"${createHash('md5').update(content).digest('hex')}"`;

/** Keys that break a server that stores each key as a file name. */
const ODD_KEYS = [
  'a b+c&d=e?f#g',
  '//double//slashes//',
  '../..',
  './a/../b',
  'folder/',
  'folder',
  'folder/file',
  '100%/%2e%2e/%zz',
  '猫/ünï/🐈',
  'quotes\'"(!*)~<>&amp;',
  'C:\\windows\\system32',
  'line\nfeed\ttab\u0001',
  'x'.repeat(1024),
  `${'y/'.repeat(511)}yy`,
  '€'.repeat(341),
  '.DS_Store',
  'con',
];

let s3: S3Fixture;

async function put(at: { Bucket: string; Key: string }, content: string | Buffer): Promise<string> {
  return (await s3.client.send(new PutObjectCommand({ ...at, Body: Buffer.from(content) }))).ETag ?? '';
}

async function read(at: { Bucket: string; Key: string; Range?: string }): Promise<string> {
  const { Body } = await s3.client.send(new GetObjectCommand(at));
  return (await Body?.transformToString()) ?? '';
}

beforeAll(async () => {
  s3 = await S3Fixture.start();
});
afterAll(() => s3.stop());

describe('an object', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('Grüße')],
    ['many bytes', randomBytes(3 * MiB + 1)],
  ])('is returned as it was sent: %s', async (_, content) => {
    const at = s3.at();
    expect(await put(at, content)).toBe(md5(content));
    const { Body, ...got } = await s3.client.send(new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);
    expect(got).toMatchObject({ ContentLength: content.length, ETag: md5(content), AcceptRanges: 'bytes' });
    expect(got.ChecksumCRC32).toEqual(expect.any(String));
  });

  it('may be sent as a stream, signed or not, with a checksum as its trailer', async () => {
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
      const at = s3.at();
      const content = randomBytes(300_000);
      const Body = Readable.from([content.subarray(0, 100_000), content.subarray(100_000)]);
      const command = new PutObjectCommand({ ...at, Body, ContentLength: content.length, ChecksumAlgorithm });
      expect(await s3.client.send(command)).toMatchObject({
        ETag: md5(content),
        [`Checksum${ChecksumAlgorithm}`]: expect.any(String),
      });
      expect(await s3.client.send(new HeadObjectCommand(at))).not.toHaveProperty('ContentEncoding');
    }
  });

  it('is not stored when its checksum, hash or length differs', async () => {
    const at = s3.at();
    for (const wrong of [
      { ChecksumCRC32: 'AAAAAA==' },
      { ChecksumCRC32C: 'AAAAAA==' },
      { ChecksumSHA256: Buffer.alloc(32).toString('base64') },
      { ContentMD5: Buffer.alloc(16).toString('base64') },
    ])
      await expect(
        s3.client.send(new PutObjectCommand({ ...at, Body: 'text', ...wrong })),
      ).rejects.toMatchObject(refused(400, 'BadDigest'));
    const invalid = new PutObjectCommand({ ...at, Body: 'text', ContentMD5: 'bm8=' });
    await expect(s3.client.send(invalid)).rejects.toMatchObject(refused(400, 'InvalidDigest'));
    await expect(read(at)).rejects.toMatchObject(refused(404, 'NoSuchKey'));
  });

  it('keeps its headers and metadata, and a read may override them', async () => {
    const at = s3.at();
    const headers = {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'no-store',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentEncoding: 'br',
      ContentLanguage: 'de',
      Metadata: { color: 'blue', empty: '' },
    };
    await s3.client.send(new PutObjectCommand({ ...at, Body: 'text', ...headers }));
    expect(await s3.client.send(new HeadObjectCommand(at))).toMatchObject({ ...headers, ContentLength: 4 });
    const overridden = await s3.client.send(
      new GetObjectCommand({
        ...at,
        ResponseContentType: 'application/pdf',
        ResponseContentDisposition: 'inline; filename="ü.pdf"',
        ResponseCacheControl: 'max-age=1',
      }),
    );
    expect(overridden).toMatchObject({ ContentType: 'application/pdf', CacheControl: 'max-age=1' });
    expect(overridden.ContentDisposition).toContain('inline');
    for (const ResponseContentType of ['a\r\nx-evil: 1', 'a\u0001']) {
      const injected = new GetObjectCommand({ ...at, ResponseContentType });
      await expect(s3.client.send(injected)).rejects.toMatchObject(refused(400, 'InvalidArgument'));
    }
    const large = new PutObjectCommand({ ...at, Body: 'text', Metadata: { large: 'x'.repeat(2049) } });
    await expect(s3.client.send(large)).rejects.toMatchObject(refused(400, 'MetadataTooLarge'));
  });

  it.each([{ PartNumber: 1 }, { VersionId: 'x' }])(
    'is not read by %j, which this server does not support',
    async (more) => {
      const at = s3.at();
      await put(at, 'text');
      const command = new GetObjectCommand({ ...at, ...more });
      await expect(s3.client.send(command)).rejects.toMatchObject(refused(501, 'NotImplemented'));
    },
  );

  it.each(ODD_KEYS)('may have the key %j', async (key) => {
    const at = s3.at(key);
    await put(at, key);
    expect(await read(at)).toBe(key);
    const listed = await s3.client.send(
      new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: key, EncodingType: 'url' }),
    );
    expect((listed.Contents ?? []).map(({ Key = '' }) => decodeURIComponent(Key))).toContain(key);
    await s3.client.send(new CopyObjectCommand({ ...s3.at('copy'), CopySource: copySource(at) }));
    expect(await read(s3.at('copy'))).toBe(key);
    await s3.client.send(new DeleteObjectCommand(at));
    await expect(read(at)).rejects.toMatchObject(refused(404, 'NoSuchKey'));
  });

  it('must not have a key of more than 1024 bytes', async () => {
    for (const key of ['x'.repeat(1025), '€'.repeat(342)])
      await expect(put(s3.at(key), '')).rejects.toMatchObject(refused(400, 'KeyTooLongError'));
  });
});

const copySource = ({ Bucket, Key }: { Bucket: string; Key: string }): string =>
  `${Bucket}/${encodeURIComponent(Key)}`;

describe('a range', () => {
  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=0-1,4-5', '0123456789', undefined],
    ['bytes=5-1', '0123456789', undefined],
    ['bytes=a-b', '0123456789', undefined],
    ['lines=0-1', '0123456789', undefined],
  ])('%s returns %s', async (Range, text, ContentRange) => {
    const at = s3.at();
    await put(at, '0123456789');
    const got = await s3.client.send(new GetObjectCommand({ ...at, Range }));
    expect(await got.Body?.transformToString()).toBe(text);
    expect(got.ContentRange).toBe(ContentRange);
    expect(got.$metadata.httpStatusCode).toBe(ContentRange === undefined ? 200 : 206);
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s beyond the end is refused', async (Range) => {
    const at = s3.at();
    await put(at, '0123456789');
    await expect(read({ ...at, Range })).rejects.toMatchObject({
      ...refused(416, 'InvalidRange'),
      ActualObjectSize: '10',
    });
  });

  it.each(['bytes=0-', 'bytes=-1'])('%s of an empty object is refused', async (Range) => {
    const at = s3.at();
    await put(at, '');
    await expect(read({ ...at, Range })).rejects.toMatchObject(refused(416, 'InvalidRange'));
  });
});

describe('a copy', () => {
  it('has the content and metadata of its source, or new metadata', async () => {
    const [source, target] = [s3.at(), s3.at()];
    const ETag = md5('text');
    const described = { ContentType: 'text/x-source', Metadata: { from: 'source' } };
    await s3.client.send(new PutObjectCommand({ ...source, Body: 'text', ...described }));
    const copy = (more: object) =>
      s3.client.send(new CopyObjectCommand({ ...target, CopySource: copySource(source), ...more }));
    expect((await copy({})).CopyObjectResult).toMatchObject({ ETag });
    expect(await s3.client.send(new HeadObjectCommand(target))).toMatchObject(described);
    await copy({ MetadataDirective: 'REPLACE', ContentType: 'text/x-own' });
    expect(await s3.client.send(new HeadObjectCommand(target))).toMatchObject({
      ContentType: 'text/x-own',
      Metadata: {},
    });
    await expect(copy({ CopySourceIfMatch: '"other"' })).rejects.toMatchObject(refused(412));
    await expect(copy({ CopySourceIfNoneMatch: ETag })).rejects.toMatchObject(refused(412));
    const ofItself = new CopyObjectCommand({ ...source, CopySource: copySource(source) });
    await expect(s3.client.send(ofItself)).rejects.toMatchObject(refused(400, 'InvalidRequest'));
    const ofNothing = new CopyObjectCommand({ ...target, CopySource: copySource(s3.at()) });
    await expect(s3.client.send(ofNothing)).rejects.toMatchObject(refused(404, 'NoSuchKey'));
    await put(source, '');
    await copy({});
    expect(await read(target)).toBe('');
  });
});

describe('a deletion', () => {
  it('removes many objects at once, including missing ones', async () => {
    const keys = ['many/a&b', 'many/ c ', 'many/<d>', 'many/none', 'many/\u0002'];
    for (const key of keys.slice(0, 3)) await put(s3.at(key), key);
    const Objects = keys.map((Key) => ({ Key }));
    const { Deleted = [] } = await s3.client.send(
      new DeleteObjectsCommand({ Bucket: s3.bucket, Delete: { Objects: Objects.slice(0, 4) } }),
    );
    expect(Deleted.map(({ Key }) => Key)).toEqual(keys.slice(0, 4));
    const list = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: 'many/' }));
    expect(list.KeyCount).toBe(0);
  });

  it('of many objects removes only the versions that the client has seen', async () => {
    const [kept, gone] = [s3.at(), s3.at()];
    const ETag = await put(gone, 'old');
    await put(kept, 'new');
    const Objects = [kept, gone].map(({ Key }) => ({ Key, ETag }));
    const command = new DeleteObjectsCommand({ Bucket: s3.bucket, Delete: { Objects, Quiet: true } });
    const { Deleted, Errors } = await s3.client.send(command);
    expect(Deleted).toBeUndefined();
    expect(Errors).toMatchObject([{ Key: kept.Key, Code: 'PreconditionFailed' }]);
    expect(await read(kept)).toBe('new');
  });

  it('does not affect a read that has begun, and neither does a write', async () => {
    const at = s3.at();
    const content = randomBytes(8 * MiB);
    await put(at, content);
    const { Body } = await s3.client.send(new GetObjectCommand(at));
    await put(at, 'new');
    await s3.client.send(new DeleteObjectCommand(at));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);
  });

  it('of the last objects of a folder by two requests works during a write to the folder', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => s3.at(`shared/folder/${name}`)) as [
        never,
        never,
        never,
      ];
      await Promise.all([put(a, 'a'), put(b, 'b')]);
      const deletions = [a, b].map((at) => s3.client.send(new DeleteObjectCommand(at)));
      await Promise.all([...deletions, put(c, 'c')]);
      expect(await read(c)).toBe('c');
    }
  });
});
