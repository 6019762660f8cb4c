import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentials } from '../../stack/credentials.ts';
import { sha256, sign, signatureOf, signingKey } from '../protocol/sigv4.ts';
import { refused } from './refused.ts';
import { S3Fixture } from './s3.fixture.ts';

let s3: S3Fixture;

beforeAll(async () => {
  s3 = await S3Fixture.start();
});
afterAll(() => s3.stop());

const codeOf = (body: string): string => /<Code>(.*)<\/Code>/.exec(body)?.[1] ?? '';

/** All requests use one connection: after any refusal it must serve the next request. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterAll(() => agent.destroy());

/** Sends raw bytes, because the AWS SDK cannot send invalid requests. */
async function raw(method: string, path: string, headers: Record<string, string | number>, body = '') {
  const message = request(`${s3.endpoint}${path}`, { method, headers, path, agent });
  const reply = new Promise<{ status: number; body: string }>((resolve, reject) => {
    message.once('error', reject);
    message.once('response', (response) => {
      text(response).then((content) => resolve({ status: response.statusCode ?? 0, body: content }), reject);
    });
  });
  message.end(body);
  return reply;
}

const timestampOf = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

/** The headers of a signed request, and the key that signs its chunks. */
function signed(method: string, path: string, payloadHash: string, { at = Date.now(), more = {} } = {}) {
  const timestamp = timestampOf(at);
  const key = signingKey(credentials.secretKey, timestamp, credentials.region);
  const host = s3.endpoint.slice('http://'.length);
  const headers = { host, 'x-amz-content-sha256': payloadHash, 'x-amz-date': timestamp, ...more };
  const names = Object.keys(headers).sort();
  const parts = { method, path, query: [], headers: Object.entries(headers), payloadHash };
  const signature = signatureOf(parts, key);
  const fields = [
    `Credential=${credentials.accessKey}/${key.scope}`,
    `SignedHeaders=${names.join(';')}`,
    `Signature=${signature}`,
  ];
  return { key, signature, headers: { ...headers, authorization: `AWS4-HMAC-SHA256 ${fields.join(', ')}` } };
}

describe('a signature', () => {
  it.each([
    ['with another secret key', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
    ['with an unknown access key', { accessKeyId: 'unknown' }, 'InvalidAccessKeyId'],
  ])('%s is refused', async (_, wrong, name) => {
    const { accessKey, secretKey } = credentials;
    const client = s3.clientOf({
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, ...wrong },
    });
    for (const call of [
      () => client.send(new GetObjectCommand(s3.at())),
      () => client.send(new PutObjectCommand({ ...s3.at(), Body: Buffer.alloc(3_000_000) })),
      () => client.send(new DeleteObjectCommand(s3.at())),
    ])
      await expect(call()).rejects.toMatchObject(refused(403, name));
    await expect(client.send(new HeadObjectCommand(s3.at()))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    client.destroy();
  });

  it('is required', async () => {
    const reply = await fetch(`${s3.endpoint}/${s3.bucket}/key`);
    expect([reply.status, codeOf(await reply.text())]).toEqual([403, 'AccessDenied']);
  });

  it.each([-16, 16])('that is %i minutes from now is refused', async (minutes) => {
    const { headers } = signed('GET', '/', 'UNSIGNED-PAYLOAD', { at: Date.now() + minutes * 60_000 });
    expect(codeOf((await raw('GET', '/', headers)).body)).toBe('RequestTimeTooSkewed');
  });

  it('covers every header that changes the operation', async () => {
    const { headers } = signed('PUT', `/${s3.bucket}/key`, 'UNSIGNED-PAYLOAD');
    const more = { ...headers, 'x-amz-copy-source': '/secret/key', 'content-length': 0 };
    const reply = await raw('PUT', `/${s3.bucket}/key`, more);
    expect([reply.status, codeOf(reply.body)]).toEqual([403, 'AccessDenied']);
  });

  it('covers the body', async () => {
    const path = `/${s3.bucket}/signed-body`;
    const { headers } = signed('PUT', path, sha256('text'));
    expect((await raw('PUT', path, { ...headers, 'content-length': 4 }, 'text')).status).toBe(200);
    const changed = await raw('PUT', path, { ...headers, 'content-length': 4 }, 'TEXT');
    expect(codeOf(changed.body)).toBe('XAmzContentSHA256Mismatch');
    const endless = await raw('PUT', path, { ...headers, 'transfer-encoding': 'chunked' }, 'text');
    expect([endless.status, codeOf(endless.body)]).toEqual([411, 'MissingContentLength']);
  });

  it.each([
    ['as they are', (body: string) => body, 200, ''],
    ['with other data', (body: string) => body.replace('hello', 'HELLO'), 403, 'SignatureDoesNotMatch'],
    [
      'with another trailer',
      (body: string) => body.replace('yZRlqg==', 'AAAAAA=='),
      403,
      'SignatureDoesNotMatch',
    ],
    ['without the last', (body: string) => body.slice(0, body.indexOf('\r\n0;') + 2), 400, 'IncompleteBody'],
  ])('covers the chunks of a body: %s', async (_, change, status, code) => {
    const path = `/${s3.bucket}/chunks`;
    const more = { 'x-amz-decoded-content-length': '11', 'x-amz-trailer': 'x-amz-checksum-crc32c' };
    const { headers, key, signature } = signed('PUT', path, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', {
      more,
    });
    let previous = signature;
    const next = (kind: string, ...lines: string[]) =>
      (previous = sign(key, `AWS4-HMAC-SHA256-${kind}`, [previous, ...lines]));
    const chunk = (data: string) =>
      `${data.length.toString(16)};chunk-signature=${next('PAYLOAD', sha256(''), sha256(data))}\r\n${data}`;
    const trailer = 'x-amz-checksum-crc32c:yZRlqg==\n';
    const chunks = [`${chunk('hello ')}\r\n`, `${chunk('world')}\r\n`, chunk('')];
    const trailers = `${trailer}\r\nx-amz-trailer-signature:${next('TRAILER', sha256(trailer))}\r\n\r\n`;
    const changed = change(`${chunks.join('')}${trailers}`);
    const reply = await raw('PUT', path, { ...headers, 'content-length': changed.length }, changed);
    expect([reply.status, codeOf(reply.body)]).toEqual([status, code]);
  });
});

describe('a presigned URL', () => {
  it('allows the signed request until it expires', async () => {
    const at = s3.at('signed/é +&');
    const put = await getSignedUrl(s3.client, new PutObjectCommand({ ...at, ContentLength: 4 }), {
      expiresIn: 60,
      signableHeaders: new Set(['host', 'content-length']),
    });
    expect((await fetch(put, { method: 'PUT', body: '12345' })).status).toBe(403);
    expect((await fetch(put, { method: 'PUT', body: '1234' })).status).toBe(200);
    expect((await fetch(put, { method: 'PUT', body: '1234', headers: { 'x-amz-meta-a': 'b' } })).status).toBe(
      403,
    );
    const command = new GetObjectCommand({
      ...at,
      ResponseContentDisposition: 'attachment; filename="a b.txt"',
    });
    const get = await getSignedUrl(s3.client, command, { expiresIn: 60 });
    const reply = await fetch(get, { headers: { range: 'bytes=0-1' } });
    expect([reply.status, await reply.text()]).toEqual([206, '12']);
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="a b.txt"');
    expect((await fetch(get, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(get.replace('signed', 'other'))).status).toBe(403);
    expect((await fetch(`${get}&response-content-type=text%2Fhtml`)).status).toBe(403);
  });

  it('stores the metadata in its query', async () => {
    const at = s3.at();
    const url = await getSignedUrl(
      s3.client,
      new PutObjectCommand({ ...at, Metadata: { color: 'blue', name: 'Grün' } }),
    );
    expect((await fetch(url, { method: 'PUT', body: 'text' })).status).toBe(200);
    expect(await s3.client.send(new HeadObjectCommand(at))).toMatchObject({
      Metadata: { color: 'blue', name: Buffer.from('Grün').toString('latin1') },
    });
  });

  it.each([
    ['has expired', Date.now() - 61_000, 60, 403, 'AccessDenied'],
    ['comes from the future', Date.now() + 16 * 60_000, 60, 403, 'RequestTimeTooSkewed'],
  ])('that %s is refused', async (_, time, expiresIn, status, code) => {
    const options = { expiresIn, signingDate: new Date(time) };
    const reply = await fetch(await getSignedUrl(s3.client, new GetObjectCommand(s3.at()), options));
    expect([reply.status, codeOf(await reply.text())]).toEqual([status, code]);
  });

  it.each(['604801', '-1', 'x', ''])('that expires after %j seconds is refused', async (expiry) => {
    const url = await getSignedUrl(s3.client, new GetObjectCommand(s3.at()), { expiresIn: 60 });
    const reply = await fetch(url.replace('X-Amz-Expires=60', `X-Amz-Expires=${expiry}`));
    expect([reply.status, codeOf(await reply.text())]).toEqual([400, 'AuthorizationQueryParametersError']);
  });
});

describe('an invalid request', () => {
  it.each([
    ['GET', '/%zz', 400, 'InvalidURI'],
    ['PATCH', '/bucket/key', 405, 'MethodNotAllowed'],
  ])('%s %s receives the same error as from S3', async (method, path, status, code) => {
    const { headers } = path.includes('%zz') ? { headers: {} } : signed(method, path, 'UNSIGNED-PAYLOAD');
    const reply = await raw(method, path, headers);
    expect([reply.status, codeOf(reply.body)]).toEqual([status, code]);
  });

  it('receives a reply before its body ends', async () => {
    const path = `/${s3.bucket}/key`;
    const more = { 'x-amz-decoded-content-length': '9000000' };
    const { headers } = signed('PUT', path, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { more });
    const body = `2;chunk-signature=${'0'.repeat(64)}\r\nhi\r\n${'x'.repeat(9_000_000)}`;
    const reply = await raw('PUT', path, { ...headers, 'content-length': body.length }, body);
    expect([reply.status, codeOf(reply.body)]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it('keeps the connection usable for the next one', async () => {
    const wrong = s3.clientOf({ credentials: { accessKeyId: 'unknown', secretAccessKey: 'x' } });
    await expect(
      wrong.send(new PutObjectCommand({ ...s3.at(), Body: Buffer.alloc(9_000_000) })),
    ).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    await expect(wrong.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    wrong.destroy();
  });
});
