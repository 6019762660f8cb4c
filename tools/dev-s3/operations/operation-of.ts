import { S3Error } from '../protocol/s3.error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import * as buckets from './bucket.operations.ts';
import { copyObject } from './copy-object.operation.ts';
import { COPY_SOURCE } from './copy-source.ts';
import { listObjects, listObjectsV2 } from './list-objects.operations.ts';
import * as multipart from './multipart.operations.ts';
import * as objects from './object.operations.ts';
import type { Operation } from './operation.ts';

/** Operations by method, the level of the path, and the query parameter that selects another operation. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET service': buckets.listBuckets,
  'PUT bucket': buckets.createBucket,
  'HEAD bucket': buckets.headBucket,
  'DELETE bucket': buckets.deleteBucket,
  'GET bucket?location': buckets.getBucketLocation,
  'GET bucket': listObjects,
  'GET bucket?list-type': listObjectsV2,
  'GET bucket?uploads': multipart.listMultipartUploads,
  'POST bucket?delete': objects.deleteObjects,
  'GET object': objects.getObject,
  'HEAD object': objects.headObject,
  'PUT object': objects.putObject,
  'DELETE object': objects.deleteObject,
  'POST object?uploads': multipart.createMultipartUpload,
  'PUT object?uploadId': multipart.uploadPart,
  'POST object?uploadId': multipart.completeMultipartUpload,
  'DELETE object?uploadId': multipart.abortMultipartUpload,
  'GET object?uploadId': multipart.listParts,
};

const SELECTORS = ['location', 'list-type', 'uploads', 'delete', 'uploadId'];

/** Parameters that select an operation, or a version, which this server does not have. */
const UNSUPPORTED = new Set(
  (
    'accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle logging ' +
    'metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock ' +
    'replication renameObject requestPayment restore retention select session tagging torrent versionId versioning ' +
    'versions website'
  ).split(' '),
);

/** @throws S3Error NotImplemented, MethodNotAllowed */
export function operationOf(request: S3Request): Operation {
  const names = request.query.map(([name]) => name);
  const isPart = names.includes('uploadId');
  const unsupported = names.find((name) => UNSUPPORTED.has(name) || (name === 'partNumber' && !isPart));
  if (unsupported !== undefined)
    throw new S3Error('NotImplemented', `This server does not have the parameter ${unsupported}.`);
  const scope = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object';
  const selector = SELECTORS.find((name) => names.includes(name));
  const name = `${request.method} ${scope}${selector === undefined ? '' : `?${selector}`}`;
  if (name === 'PUT object' && request.header(COPY_SOURCE) !== undefined) return copyObject;
  const operation = OPERATIONS[name];
  if (operation) return operation;
  throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.');
}
