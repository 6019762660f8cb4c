import { scopeOf, signatureOf } from './sigv4.ts';

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** The headers that sign a request without a body worth protecting. */
export function signRequest({
  method,
  url,
  accessKey,
  secretKey,
  region,
}: RequestToSign): Record<string, string> {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const payloadHash = 'UNSIGNED-PAYLOAD';
  const signed = { host: url.host, 'x-amz-content-sha256': payloadHash, 'x-amz-date': timestamp };
  const headers = Object.entries(signed);
  const query = [...url.searchParams];
  const signature = signatureOf({
    method,
    path: url.pathname,
    query,
    headers,
    payloadHash,
    timestamp,
    region,
    secretKey,
  });
  const credential = `${accessKey}/${scopeOf(timestamp, region)}`;
  const names = headers.map(([name]) => name).join(';');
  return {
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': timestamp,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
