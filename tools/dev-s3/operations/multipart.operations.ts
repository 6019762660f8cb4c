import { pipeline } from 'node:stream/promises';
import { writeCondition } from '../protocol/conditions.ts';
import { S3Error } from '../protocol/s3.error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { childText, readXml } from '../protocol/xml-reader.ts';
import { xml } from '../protocol/xml-writer.ts';
import { type ChosenPart, etagOf, type Upload } from '../store/multipart-uploads.ts';
import { COPY_SOURCE, copyContent } from './copy-source.ts';
import { pageSize, textEncoder } from './list-objects.operations.ts';
import { headersToStore } from './object-headers.ts';
import type { Call, Operation } from './operation.ts';

/** Limit of S3. */
const MAX_PARTS = 10_000;

function uploadOf({ request, store }: Call): Promise<Upload> {
  const { uploads } = store.bucket(request.bucket);
  return uploads.get(request.parameter('uploadId') ?? '', request.key);
}

export const createMultipartUpload: Operation = async ({ request, store }) => {
  const { uploads } = store.bucket(request.bucket);
  const { id } = await uploads.create(request.key, headersToStore(request));
  const content = { Bucket: request.bucket, Key: request.key, UploadId: id };
  return { status: 200, body: xml('InitiateMultipartUploadResult', content) };
};

function partNumberOf(request: S3Request): number {
  const number = request.number('partNumber', 0);
  if (number >= 1 && number <= MAX_PARTS) return number;
  throw new S3Error(
    'InvalidArgument',
    `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
  );
}

export const uploadPart: Operation = async (call) => {
  const { request, store, body } = call;
  const number = partNumberOf(request);
  const upload = await uploadOf(call);
  const isCopy = request.header(COPY_SOURCE) !== undefined;
  return store.drafts.write(
    async (target) => (isCopy ? (await copyContent(call, target)).content : body.receive(target)),
    async (draft, content) => {
      const modified = Date.now();
      const metadata = { key: request.key, modified, headers: {}, ...content };
      await store.bucket(request.bucket).uploads.putPart(upload, number, draft, metadata);
      const etag = `"${content.etag}"`;
      if (!isCopy) return { status: 200, headers: { etag, ...content.checksum } };
      const result = { LastModified: new Date(modified).toISOString(), ETag: etag };
      return { status: 200, body: xml('CopyPartResult', result) };
    },
  );
};

function readParts(text: string): ChosenPart[] {
  const document = readXml(text);
  const parts = document.children.filter(({ name }) => name === 'Part');
  if (document.name !== 'CompleteMultipartUpload' || parts.length === 0)
    throw new S3Error('MalformedXML', 'A CompleteMultipartUpload document must have parts.');
  return parts.map((part) => {
    const number = Number(childText(part, 'PartNumber'));
    const etag = childText(part, 'ETag')?.replaceAll('"', '');
    if (Number.isInteger(number) && etag !== undefined) return { number, etag };
    throw new S3Error('MalformedXML', 'A part must have a PartNumber and an ETag.');
  });
}

export const completeMultipartUpload: Operation = async (call) => {
  const { request, store, body } = call;
  const bucket = store.bucket(request.bucket);
  const condition = writeCondition(request);
  const upload = await uploadOf(call);
  const parts = await bucket.uploads.choose(upload, readParts(await body.text({ checksum: false })));
  const etag = etagOf(parts);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  await store.drafts.write(
    (target) => pipeline(bucket.uploads.contentOf(upload, parts), target),
    async (draft) => {
      const { key, headers } = upload;
      await bucket.put(draft, { key, size, etag, modified: Date.now(), headers }, condition);
      await bucket.uploads.remove(upload);
    },
  );
  const location = `http://${request.header('host')}${request.path}`;
  const content = { Location: location, Bucket: request.bucket, Key: request.key, ETag: `"${etag}"` };
  return { status: 200, body: xml('CompleteMultipartUploadResult', content) };
};

export const abortMultipartUpload: Operation = async (call) => {
  await call.store.bucket(call.request.bucket).uploads.remove(await uploadOf(call));
  return { status: 204 };
};

export const listParts: Operation = async (call) => {
  const { request, store } = call;
  const upload = await uploadOf(call);
  const marker = request.number('part-number-marker', 0);
  const size = pageSize(request, 'max-parts');
  const parts = await store.bucket(request.bucket).uploads.parts(upload);
  const following = parts.filter(({ number }) => number > marker);
  const page = following.slice(0, size);
  const body = xml('ListPartsResult', {
    Bucket: request.bucket,
    Key: textEncoder(request)(upload.key),
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: size,
    IsTruncated: following.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modified).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.size,
    })),
  });
  return { status: 200, body };
};

export const listMultipartUploads: Operation = async ({ request, store }) => {
  const { uploads } = store.bucket(request.bucket);
  const encode = textEncoder(request);
  const [prefix = '', keyMarker = '', idMarker = ''] = ['prefix', 'key-marker', 'upload-id-marker'].map(
    (name) => request.parameter(name),
  );
  const size = pageSize(request, 'max-uploads');
  const all = (await uploads.list()).filter(({ key }) => key.startsWith(prefix));
  const seen = idMarker === '' ? -1 : all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
  const following = seen >= 0 ? all.slice(seen + 1) : all.filter(({ key }) => key > keyMarker);
  const page = following.slice(0, size);
  const body = xml('ListMultipartUploadsResult', {
    Bucket: request.bucket,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: encode(page.at(-1)?.key ?? ''),
    NextUploadIdMarker: page.at(-1)?.id ?? '',
    EncodingType: request.parameter('encoding-type'),
    Prefix: encode(prefix),
    MaxUploads: size,
    IsTruncated: following.length > page.length,
    Upload: page.map(({ key, id, initiated }) => ({
      Key: encode(key),
      UploadId: id,
      Initiated: new Date(initiated).toISOString(),
    })),
  });
  return { status: 200, body };
};
