import { signatureOf, signingKey } from './sigv4.ts';

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** The headers that sign a request whose body needs no protection. */
export function signRequest(request: RequestToSign): Record<string, string> {
  const { method, url, accessKey, secretKey, region } = request;
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const payloadHash = 'UNSIGNED-PAYLOAD';
  const signed = { host: url.host, 'x-amz-content-sha256': payloadHash, 'x-amz-date': timestamp };
  const headers = Object.entries(signed);
  const key = signingKey(secretKey, timestamp, region);
  const query = [...url.searchParams];
  const signature = signatureOf({ method, path: url.pathname, query, headers, payloadHash }, key);
  const names = headers.map(([name]) => name).join(';');
  const fields = [`Credential=${accessKey}/${key.scope}`, `SignedHeaders=${names}`, `Signature=${signature}`];
  return {
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': timestamp,
    authorization: `AWS4-HMAC-SHA256 ${fields.join(', ')}`,
  };
}
