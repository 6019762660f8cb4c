import { type ByteRange, rangeOf } from '../protocol/byte-range.ts';
import { isNotModified, matchCondition, writeCondition } from '../protocol/conditions.ts';
import { S3Error } from '../protocol/s3.error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { childText, readXml } from '../protocol/xml-reader.ts';
import { xml } from '../protocol/xml-writer.ts';
import type { ObjectMetadata } from '../store/object-metadata.ts';
import { headersOf, headersToStore, versionOf } from './object-headers.ts';
import type { Operation, Reply } from './operation.ts';

/** Limit of S3 for one request. */
const MAX_DELETES = 1000;

/** Status and headers of a reply to GET and HEAD, and the range of bytes that follows. */
function headOf(
  object: ObjectMetadata,
  request: S3Request,
): Required<Omit<Reply, 'body'>> & { range: ByteRange } {
  const whole = { start: 0, end: object.size - 1 };
  if (isNotModified(request, object)) return { status: 304, headers: versionOf(object), range: whole };
  const headers = headersOf(object, request);
  const range = rangeOf(request.header('range'), object.size);
  const { start, end } = range ?? whole;
  headers['content-length'] = end - start + 1;
  if (range) headers['content-range'] = `bytes ${start}-${end}/${object.size}`;
  return { status: range ? 206 : 200, headers, range: range ?? whole };
}

export const headObject: Operation = async ({ request, store }) => {
  return headOf(store.bucket(request.bucket).get(request.key), request);
};

export const getObject: Operation = async ({ request, store }) => {
  const { object, handle } = await store.bucket(request.bucket).read(request.key);
  try {
    const { range, ...head } = headOf(object, request);
    if (head.status !== 304 && object.size > 0) return { ...head, body: handle.createReadStream(range) };
    await handle.close();
    return head;
  } catch (error) {
    await handle.close();
    throw error;
  }
};

export const putObject: Operation = async ({ request, body, store }) => {
  const bucket = store.bucket(request.bucket);
  const condition = writeCondition(request);
  const headers = headersToStore(request);
  return store.drafts.write(
    (target) => body.receive(target),
    async (draft, content) => {
      const metadata = { key: request.key, modified: Date.now(), headers, ...content };
      await bucket.put(draft, metadata, condition);
      return { status: 200, headers: { etag: `"${content.etag}"`, ...content.checksum } };
    },
  );
};

export const deleteObject: Operation = async ({ request, store }) => {
  await store.bucket(request.bucket).delete(request.key, writeCondition(request));
  return { status: 204 };
};

export const deleteObjects: Operation = async ({ request, body, store }) => {
  const bucket = store.bucket(request.bucket);
  const document = readXml(await body.text());
  const objects = document.children.filter(({ name }) => name === 'Object');
  if (document.name !== 'Delete' || objects.length === 0 || objects.length > MAX_DELETES)
    throw new S3Error('MalformedXML', `A Delete document must have 1 to ${MAX_DELETES} objects.`);
  const deleted: { Key: string }[] = [];
  const errors: { Key: string; Code: string; Message: string }[] = [];
  for (const object of objects) {
    const Key = object.children.find(({ name }) => name === 'Key')?.text ?? '';
    try {
      await bucket.delete(Key, matchCondition(childText(object, 'ETag'), Key));
      deleted.push({ Key });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      errors.push({ Key, Code: error.code, Message: error.message });
    }
  }
  const isQuiet = childText(document, 'Quiet') === 'true';
  return { status: 200, body: xml('DeleteResult', { Deleted: isQuiet ? [] : deleted, Error: errors }) };
};
