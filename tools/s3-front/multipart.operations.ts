import type { Operation } from './operation.ts';
import { parameter, type S3Request } from './s3-request.ts';
import { S3Fault } from './s3-fault.ts';
import { xml } from './xml.ts';

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A page size as S3 limits it. */
function pageSize(request: S3Request, name: string): number {
  return Math.min(Number(parameter(request, name) ?? 1000) || 1000, 1000);
}

export const abortMultipartUpload: Operation = async (request, store) => {
  const uploads = store.multipart(request.bucket);
  await uploads.abort(await uploads.open(parameter(request, 'uploadId') ?? ''));
  return { status: 204, body: '' };
};

export const listParts: Operation = async (request, store) => {
  const uploads = store.multipart(request.bucket);
  const upload = await uploads.open(parameter(request, 'uploadId') ?? '');
  const marker = Number(parameter(request, 'part-number-marker') ?? 0);
  const size = pageSize(request, 'max-parts');
  const following = (await uploads.parts(upload)).filter(({ number }) => number > marker);
  const page = following.slice(0, size);
  const body = xml('ListPartsResult', namespace, {
    Bucket: request.bucket,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: size,
    IsTruncated: following.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: part.modified.toISOString(),
      ETag: `"${part.md5}"`,
      Size: part.size,
    })),
  });
  return { status: 200, body };
};

export const listMultipartUploads: Operation = async (request, store) => {
  if (!(await store.getBucket(request.bucket))) {
    throw new S3Fault('NoSuchBucket', 'The specified bucket does not exist', { BucketName: request.bucket });
  }
  const prefix = parameter(request, 'prefix') ?? '';
  const keyMarker = parameter(request, 'key-marker') ?? '';
  const idMarker = parameter(request, 'upload-id-marker') ?? '';
  const size = pageSize(request, 'max-uploads');
  const all = (await store.multipart(request.bucket).list()).filter(({ key }) => key.startsWith(prefix));
  const seen = idMarker === '' ? -1 : all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
  const following = seen >= 0 ? all.slice(seen + 1) : all.filter(({ key }) => key > keyMarker);
  const page = following.slice(0, size);
  const body = xml('ListMultipartUploadsResult', namespace, {
    Bucket: request.bucket,
    KeyMarker: keyMarker,
    UploadIdMarker: idMarker,
    NextKeyMarker: page.at(-1)?.key ?? '',
    NextUploadIdMarker: page.at(-1)?.id ?? '',
    Prefix: prefix,
    MaxUploads: size,
    IsTruncated: following.length > page.length,
    Upload: page.map((upload) => ({
      Key: upload.key,
      UploadId: upload.id,
      Initiated: upload.initiated.toISOString(),
    })),
  });
  return { status: 200, body };
};
