import type { FileHead, ResolvedRange } from '@app/s3';
import type { FastifyReply } from 'fastify';
import { dispositionOf } from './media-type.js';

const PARTIAL_CONTENT = 206;

/** Sets the headers that describe a file, and keeps a browser from executing it in the name of this site. */
export function describeFile(reply: FastifyReply, file: FileHead): void {
  void reply.headers({
    etag: file.etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-disposition': dispositionOf(file.key, file.contentType),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    ...(file.lastModified && { 'last-modified': file.lastModified.toUTCString() }),
  });
}

/** Sets the headers for the part of the file that the reply holds. */
export function describeContent(reply: FastifyReply, file: FileHead, range?: ResolvedRange): void {
  const length = range ? range.end - range.start + 1 : file.size;
  void reply.headers({ 'content-type': file.contentType, 'content-length': length });
  if (!range) return;
  void reply
    .status(PARTIAL_CONTENT)
    .header('content-range', `bytes ${range.start}-${range.end}/${file.size}`);
}
