import { listObjects } from './list-objects.operation.ts';
import { abortMultipartUpload, listMultipartUploads, listParts } from './multipart.operations.ts';
import type { Operation } from './operation.ts';
import { parameter, type S3Request } from './s3-request.ts';

/** The operation of a request that s3rver lacks or gets wrong, if it is one. */
export function operationOf(request: S3Request): Operation | undefined {
  const has = (name: string): boolean => parameter(request, name) !== undefined;
  if (request.bucket === '') return undefined;
  if (request.key !== '' && has('uploadId') && request.method === 'DELETE') return abortMultipartUpload;
  if (request.key !== '' && has('uploadId') && request.method === 'GET') return listParts;
  if (request.key !== '' || request.method !== 'GET') return undefined;
  if (has('uploads')) return listMultipartUploads;
  return parameter(request, 'list-type') === '2' ? listObjects : undefined;
}
