import { signRequest } from '../../dev-s3/protocol/sign-request.ts';
import { credentials } from '../credentials.ts';
import { containerProvider } from '../providers/container.provider.ts';
import { devS3Provider } from '../providers/dev-s3.provider.ts';
import type { Service } from '../service.ts';

export const s3Service: Service = {
  name: 's3',
  title: 'S3',
  setting: ['s3.endpoint', 'S3_ENDPOINT'],
  providers: [devS3Provider, containerProvider],
  remedies: ['use an S3 server of yours: S3_ENDPOINT=… in .env'],
  url: (port) => `http://127.0.0.1:${port}`,

  /** Creates the bucket as a check: the request is signed, and harmless when the bucket exists. */
  async answers(port) {
    const url = new URL(`/${credentials.bucket}`, s3Service.url(port));
    const headers = signRequest({ method: 'PUT', url, ...credentials });
    const reply = await fetch(url, { method: 'PUT', headers, signal: AbortSignal.timeout(2_000) });
    const text = await reply.text();
    if (!reply.ok && reply.status !== 409) throw new Error(`HTTP ${reply.status} ${text.slice(0, 200)}`);
  },
};
