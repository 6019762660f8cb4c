import { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from './s3.config.js';

/**
 * A client as this lib wants it: Buffers only. It bounds the wait for a connection; the time of a request is bounded
 * by the signal that it is sent with.
 */
export function createS3Client(config: S3Config): S3Client {
  const { endpoint, region, accessKey, secretKey, forcePathStyle } = config;
  return new S3Client({
    endpoint: endpoint.href,
    region,
    forcePathStyle,
    // Repeating, and giving up, is the policy's.
    maxAttempts: 1,
    ...(accessKey &&
      secretKey && { credentials: { accessKeyId: accessKey.reveal(), secretAccessKey: secretKey.reveal() } }),
    // The signature covers every body with its SHA-256 already; the SDK's own checksums would come as a
    // trailer, which servers other than AWS store inside the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It would cost a round trip and a new connection for every part.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: config.connectTimeout,
      // A socket is idle whenever the reader of a download is slow; its silence is watched where it is read.
      socketTimeout: 0,
      httpAgent: { keepAlive: true, maxSockets: 256 },
      httpsAgent: { keepAlive: true, maxSockets: 256 },
    },
  });
}
