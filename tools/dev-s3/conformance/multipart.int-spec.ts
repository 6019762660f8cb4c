import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { S3Fixture } from './s3.fixture.ts';

const MiB = 1024 ** 2;
const md5 = (content: Buffer) => createHash('md5').update(content).digest();

let s3: S3Fixture;

interface Upload {
  Bucket: string;
  Key: string;
  UploadId: string;
}

async function begin(key?: string): Promise<Upload> {
  const at = s3.at(key);
  const command = new CreateMultipartUploadCommand({
    ...at,
    ContentType: 'text/x-parts',
    Metadata: { a: 'b' },
  });
  const { UploadId = '' } = await s3.client.send(command);
  return { ...at, UploadId };
}

async function send(upload: Upload, PartNumber: number, Body: Buffer) {
  const { ETag } = await s3.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  return { PartNumber, ETag };
}

const complete = (upload: Upload, Parts: { PartNumber: number; ETag?: string | undefined }[], more = {}) =>
  s3.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));

beforeAll(async () => {
  s3 = await S3Fixture.start();
});
afterAll(() => s3.stop());

describe('a multipart upload', () => {
  it('joins its parts, which may arrive in any order', async () => {
    const upload = await begin('odd/ key&<>/é');
    const contents = [randomBytes(5 * MiB), randomBytes(6 * MiB), randomBytes(3)];
    const third = await send(upload, 30, contents[2] ?? Buffer.alloc(0));
    await send(upload, 1, Buffer.from('replaced'));
    const [first, second] = [
      await send(upload, 1, contents[0] ?? Buffer.alloc(0)),
      await send(upload, 2, contents[1] ?? Buffer.alloc(0)),
    ];
    const { Parts, IsTruncated } = await s3.client.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    expect(Parts).toMatchObject([
      { ...first, Size: 5 * MiB },
      { ...second, Size: 6 * MiB },
    ]);
    expect(IsTruncated).toBe(true);
    const rest = await s3.client.send(new ListPartsCommand({ ...upload, PartNumberMarker: '2' }));
    expect(rest.Parts).toMatchObject([third]);

    const { ETag } = await complete(upload, [first, second, third]);
    expect(ETag).toBe(`"${md5(Buffer.concat(contents.map(md5))).toString('hex')}-3"`);
    const { Bucket, Key } = upload;
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
    expect(got).toMatchObject({ ETag, ContentType: 'text/x-parts', Metadata: { a: 'b' } });
    const content = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(content.equals(Buffer.concat(contents))).toBe(true);
    await expect(complete(upload, [first])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('is not completed with parts that are too small, unknown or out of order, and may be retried', async () => {
    const upload = await begin();
    const [a, b] = [await send(upload, 1, Buffer.from('small')), await send(upload, 2, Buffer.from('last'))];
    const other = { PartNumber: 2, ETag: `"${'0'.repeat(32)}"` };
    await expect(complete(upload, [a, b])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete(upload, [b, a])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete(upload, [a, other])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete(upload, [{ ...a, PartNumber: 3 }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete(upload, [])).rejects.toMatchObject({ name: 'MalformedXML' });
    await complete(upload, [a]);
  });

  it.each([0, 10_001])('has no part %i', async (number) => {
    await expect(send(await begin(), number, Buffer.from('x'))).rejects.toMatchObject({
      name: 'InvalidArgument',
    });
  });

  it('is completed only when there is no object, if that is its condition', async () => {
    const upload = await begin();
    const { Bucket, Key } = upload;
    const part = await send(upload, 1, Buffer.from('parts'));
    await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }));
    await expect(complete(upload, [part], { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect(await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: 5 });
  });

  it('may copy ranges of an object into its parts', async () => {
    const source = s3.at();
    await s3.client.send(new PutObjectCommand({ ...source, Body: '0123456789' }));
    const upload = await begin();
    const CopySource = `${source.Bucket}/${source.Key}`;
    const command = new UploadPartCopyCommand({
      ...upload,
      PartNumber: 1,
      CopySource,
      CopySourceRange: 'bytes=2-5',
    });
    const { CopyPartResult } = await s3.client.send(command);
    await complete(upload, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: upload.Bucket, Key: upload.Key }));
    expect(await Body?.transformToString()).toBe('2345');
  });

  it('is listed until it is aborted, page by page', async () => {
    const uploads = [];
    for (const key of ['list/a', 'list/a', 'list/b']) uploads.push(await begin(key));
    const found: string[] = [];
    let markers = {};
    for (let more = true; more;) {
      const page = await s3.client.send(
        new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: 'list/', MaxUploads: 1, ...markers }),
      );
      found.push(...(page.Uploads ?? []).map(({ UploadId = '' }) => UploadId));
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
      more = page.IsTruncated === true;
    }
    expect(found).toHaveLength(3);
    expect(found).toEqual(expect.arrayContaining(uploads.map(({ UploadId }) => UploadId)));
    for (const upload of uploads) await s3.client.send(new AbortMultipartUploadCommand(upload));
    const [first = await begin()] = uploads;
    for (const call of [
      () => s3.client.send(new AbortMultipartUploadCommand(first)),
      () => s3.client.send(new ListPartsCommand(first)),
      () => send(first, 1, Buffer.from('late')),
    ])
      await expect(call()).rejects.toMatchObject({ name: 'NoSuchUpload' });
    const left = await s3.client.send(
      new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: 'list/' }),
    );
    expect(left.Uploads).toBeUndefined();
  });

  it('is found only under its key', async () => {
    const upload = await begin();
    await expect(send({ ...upload, Key: 'other' }, 1, Buffer.from('x'))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
    const escape = { ...upload, UploadId: '../objects' };
    await expect(send(escape, 1, Buffer.from('x'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
});
