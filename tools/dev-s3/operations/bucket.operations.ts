import { xml } from '../protocol/xml-writer.ts';
import type { Operation } from './operation.ts';

export const listBuckets: Operation = async ({ store }) => {
  const buckets = store
    .buckets()
    .map(({ name, created }) => ({ Name: name, CreationDate: created.toISOString() }));
  const content = { Owner: { ID: 'dev-s3', DisplayName: 'dev-s3' }, Buckets: { Bucket: buckets } };
  return { status: 200, body: xml('ListAllMyBucketsResult', content) };
};

export const createBucket: Operation = async ({ request, store }) => {
  await store.create(request.bucket);
  return { status: 200, headers: { location: `/${request.bucket}` } };
};

export const headBucket: Operation = async ({ request, store }) => {
  store.bucket(request.bucket);
  return { status: 200 };
};

export const deleteBucket: Operation = async ({ request, store }) => {
  await store.remove(request.bucket);
  return { status: 204 };
};

/** The location is empty for us-east-1. */
export const getBucketLocation: Operation = async ({ request, store }) => {
  store.bucket(request.bucket);
  return { status: 200, body: xml('LocationConstraint', {}) };
};
