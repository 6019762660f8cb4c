import { writeCondition } from '../protocol/conditions.ts';
import { S3Error } from '../protocol/s3.error.ts';
import { xml } from '../protocol/xml-writer.ts';
import { copyContent, copySourceOf } from './copy-source.ts';
import { headersToStore } from './object-headers.ts';
import type { Operation } from './operation.ts';

export const copyObject: Operation = async (call) => {
  const { request, store } = call;
  const bucket = store.bucket(request.bucket);
  const source = copySourceOf(request);
  const replaces = request.header('x-amz-metadata-directive') === 'REPLACE';
  if (source.bucket === request.bucket && source.key === request.key && !replaces)
    throw new S3Error('InvalidRequest', 'A copy onto itself must replace the metadata.');
  const condition = writeCondition(request);
  const headers = headersToStore(request);
  return store.drafts.write(
    (target) => copyContent(call, target),
    async (draft, { source: original, content }) => {
      const modified = Date.now();
      const metadata = {
        key: request.key,
        modified,
        ...content,
        headers: replaces ? headers : original.headers,
      };
      await bucket.put(draft, metadata, condition);
      const result = { LastModified: new Date(modified).toISOString(), ETag: `"${content.etag}"` };
      return { status: 200, body: xml('CopyObjectResult', result) };
    },
  );
};
