import { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from './s3.config.js';

/** Token of the client for requests that carry a body: downloads, whole files and parts of uploads. */
export const CONTENT_CLIENT = Symbol('s3 content client');

/** Connections of the client for requests without a body. */
export const CONTROL_CONNECTIONS = 256;

/**
 * Creates a client for this lib: every body is a Buffer. The client limits the wait for a connection; the signal of
 * each request limits its time.
 *
 * @param maxSockets connections at a time; further requests wait in the agent, within their own time
 */
export function createS3Client(config: S3Config, maxSockets: number): S3Client {
  const { endpoint, region, accessKey, secretKey, forcePathStyle } = config;
  return new S3Client({
    endpoint: endpoint.href,
    region,
    forcePathStyle,
    // The policy retries and times out.
    maxAttempts: 1,
    ...(accessKey &&
      secretKey && { credentials: { accessKeyId: accessKey.reveal(), secretAccessKey: secretKey.reveal() } }),
    // The signature covers every body with its SHA-256 already; the SDK's own checksums would come as a
    // trailer, which servers other than AWS store inside the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // `Expect: 100-continue` would cost a round trip and a new connection for every part.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: config.connectTimeout,
      // A socket is idle whenever the reader of a download is slow. The silence of the store is checked where its
      // body is read.
      socketTimeout: 0,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets },
    },
  });
}
