import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { formOf, type FormOptions, generatedFile } from '../../support/assertions/generated-file.js';

interface Uploaded {
  key: string;
  url: string;
}

const MIB = 1024 ** 2;
const CONTENT = '0123456789';

describe('files', () => {
  const fixture = runningSystem();
  let file: Uploaded;

  function upload(content: string, options: FormOptions = {}) {
    const { body, headers } = formOf([Buffer.from(content)], options);
    return fixture.http.post('/api/v1/upload', body, { headers });
  }

  const uploadDigits = () => upload(CONTENT, { name: 'digits.txt', type: 'text/plain; charset=utf-8' });

  beforeAll(async () => {
    file = (await uploadDigits()).json<Uploaded>();
  });

  afterAll(() => fixture.http.delete(file.url));

  it('get a unique key, and are described as they were sent', async () => {
    const reply = await uploadDigits();
    const { key, ...rest } = reply.json<Uploaded>();
    expect(reply.status).toBe(201);
    expect(key).toMatch(/^uploads\/\d{4}\/\d{2}\/[0-9a-f-]{36}\.txt$/);
    expect(rest).toEqual({
      url: `/api/v1/files/${key}`,
      size: CONTENT.length,
      content_type: 'text/plain',
      sha256: createHash('sha256').update(CONTENT).digest('hex'),
    });
    await fixture.http.delete(rest.url);
  });

  it('are returned with their headers', async () => {
    const reply = await fixture.http.get(file.url);
    expect(reply).toMatchObject({ status: 200, text: CONTENT });
    expect(reply.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': String(CONTENT.length),
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^".+"$/),
    });
  });

  it('are described by HEAD without being sent', async () => {
    const reply = await fixture.http.request('HEAD', file.url);
    expect(reply).toMatchObject({ status: 200, text: '' });
    expect(reply.headers['content-length']).toBe(String(CONTENT.length));
  });

  it.each([
    { range: 'bytes=2-4', text: '234', found: 'bytes 2-4/10' },
    { range: 'bytes=8-', text: '89', found: 'bytes 8-9/10' },
    { range: 'bytes=-3', text: '789', found: 'bytes 7-9/10' },
  ])('are sent in part for $range', async ({ range, text, found }) => {
    const reply = await fixture.http.get(file.url, { headers: { range } });
    expect(reply).toMatchObject({ status: 206, text });
    expect(reply.headers['content-range']).toBe(found);
  });

  it('are sent whole for invalid ranges, or for ranges of an old version', async () => {
    expect((await fixture.http.get(file.url, { headers: { range: 'bytes=0-1,4-5' } })).text).toBe(CONTENT);
    const headers = { range: 'bytes=0-1', 'if-range': '"another"' };
    expect(await fixture.http.get(file.url, { headers })).toMatchObject({ status: 200, text: CONTENT });
  });

  it('report their length when a range is not satisfiable', async () => {
    const reply = await fixture.http.get(file.url, { headers: { range: 'bytes=10-' } });
    expect(reply.json()).toMatchObject({ code: 416, reason: 'RANGE_NOT_SATISFIABLE' });
    expect(reply.headers['content-range']).toBe('bytes */10');
  });

  describe('that are empty', () => {
    let empty: Uploaded;

    beforeAll(async () => {
      empty = (await upload('', { name: 'empty.txt', type: 'text/plain' })).json<Uploaded>();
    });

    afterAll(() => fixture.http.delete(empty.url));

    it.each(['bytes=0-', 'bytes=0-0', 'bytes=-5', 'bytes=-0', 'bytes=7-9'])(
      'refuse the range %s at once',
      async (range) => {
        const reply = await fixture.http.get(empty.url, { headers: { range } });
        expect(reply.json()).toMatchObject({ code: 416, reason: 'RANGE_NOT_SATISFIABLE' });
        expect(reply.headers['content-range']).toBe('bytes */0');
      },
    );

    it.each(['items=0-1', 'bytes=0-1,3-4', 'bytes=1-0', 'bytes'])(
      'are sent whole for the invalid range %s',
      async (range) => {
        const reply = await fixture.http.get(empty.url, { headers: { range } });
        expect(reply).toMatchObject({ status: 200, text: '' });
      },
    );

    it('are described by HEAD, which ignores ranges', async () => {
      const reply = await fixture.http.request('HEAD', empty.url, { headers: { range: 'bytes=0-' } });
      expect(reply).toMatchObject({ status: 200, text: '' });
    });
  });

  it.each(['GET', 'HEAD', 'DELETE'])(
    'are checked by %s against the conditions of the client',
    async (method) => {
      const { etag = '', 'last-modified': changed = '' } = (await fixture.http.get(file.url)).headers;
      const before = new Date(Date.parse(changed) - 1000).toUTCString();
      const send = async (headers: Record<string, string>) =>
        (await fixture.http.request(method, file.url, { headers })).status;
      expect(await send({ 'if-match': '"another"' })).toBe(412);
      expect(await send({ 'if-match': `W/${etag}` })).toBe(412);
      expect(await send({ 'if-unmodified-since': before })).toBe(412);
      expect(await send({ 'if-none-match': `"another", ${etag}` })).toBe(method === 'DELETE' ? 412 : 304);
      expect(await send({ 'if-match': '"another"', range: 'bytes=99-' })).toBe(412);
      expect((await fixture.http.get(file.url)).status).toBe(200);
    },
  );

  it('are deleted only in the version that the client has read', async () => {
    const { url } = (await upload('seen')).json<Uploaded>();
    const { etag = '' } = (await fixture.http.get(url)).headers;
    expect((await fixture.http.request('DELETE', url, { headers: { 'if-match': etag } })).status).toBe(204);
    const again = await fixture.http.request('DELETE', url, { headers: { 'if-match': etag } });
    expect(again.json()).toMatchObject({ code: 404, reason: 'FILE_NOT_FOUND' });
  });

  it('have their entity tag also in a 304', async () => {
    const { headers } = await fixture.http.get(file.url);
    const reply = await fixture.http.get(file.url, {
      headers: { 'if-none-match': headers['etag'] ?? '', range: 'bytes=99-' },
    });
    expect(reply).toMatchObject({ status: 304, text: '' });
    for (const name of ['etag', 'cache-control', 'last-modified'])
      expect(reply.headers[name]).toBe(headers[name]);
    expect(reply.headers['content-length']).toBeUndefined();
  });

  it('are not sent again to a client that has them', async () => {
    const { etag = '' } = (await fixture.http.get(file.url)).headers;
    expect(await fixture.http.get(file.url, { headers: { 'if-none-match': etag } })).toMatchObject({
      status: 304,
      text: '',
    });
    expect((await fixture.http.get(file.url, { headers: { 'if-none-match': '"another"' } })).status).toBe(
      200,
    );
  });

  it('are not sent again to a client that has them since the last change', async () => {
    const { 'last-modified': changed = '' } = (await fixture.http.get(file.url)).headers;
    const get = (since: string) => fixture.http.get(file.url, { headers: { 'if-modified-since': since } });
    expect(await get(changed)).toMatchObject({ status: 304, text: '' });
    expect((await get(new Date(Date.parse(changed) - 1000).toUTCString())).status).toBe(200);
    expect((await get('the other day')).status).toBe(200);
  });

  it('are reported to the worker, which sums them', async () => {
    const done = async () =>
      (await fixture.metrics('worker')).sum('amqp_consumed_total', { queue: 'file_events', outcome: 'done' });
    const before = await done();
    await fixture.http.delete((await uploadDigits()).json<Uploaded>().url);
    await eventually(async () => expect(await done()).toBeGreaterThanOrEqual(before + 2), { within: 15_000 });
  });

  it('with active content are downloaded, not displayed', async () => {
    const { url } = (await upload('<script>', { name: 'x.html', type: 'text/html' })).json<Uploaded>();
    const { headers } = await fixture.http.get(url);
    expect(headers['content-disposition']).toMatch(/^attachment; /);
    expect(headers['content-security-policy']).toContain('sandbox');
    await fixture.http.delete(url);
  });

  it('are 404 after they were deleted', async () => {
    const { url } = (await upload('short-lived')).json<Uploaded>();
    expect((await fixture.http.delete(url)).status).toBe(204);
    expect((await fixture.http.get(url)).json()).toMatchObject({ code: 404, reason: 'FILE_NOT_FOUND' });
    expect((await fixture.http.delete(url)).json()).toMatchObject({ code: 404, reason: 'FILE_NOT_FOUND' });
  });

  it('can be read and written directly in the store for a while, but never overwritten', async () => {
    const presign = (key: string, method: string) =>
      fixture.http.get(`/api/v1/presigned-url?key=${encodeURIComponent(key)}&method=${method}&size=16`);
    const read = (await presign(file.key, 'get')).json<{ url: string; method: string; expires_at: string }>();
    expect(await (await fetch(read.url)).text()).toBe(CONTENT);
    expect(Date.parse(read.expires_at)).toBeGreaterThan(Date.now());
    const fresh = `uploads/e2e/${file.key}`;
    const write = (await presign(fresh, 'put')).json<{ url: string; method: string }>();
    expect((await fetch(write.url, { method: write.method, body: 'past the gateway' })).status).toBe(200);
    expect((await fixture.http.get(`/api/v1/files/${fresh}`)).text).toBe('past the gateway');
    expect((await presign(file.key, 'put')).json()).toMatchObject({ code: 409, reason: 'FILE_EXISTS' });
    expect((await fixture.http.delete(`/api/v1/files/${fresh}`)).status).toBe(204);
    expect((await fixture.http.get(`/api/v1/files/${fresh}`)).status).toBe(404);
  });

  it('are written directly in the store only as the URL was signed', async () => {
    const query = `key=uploads/signed/${file.key}&method=put&size=4&content_type=image/png&expires_in=60`;
    const { url } = (await fixture.http.get(`/api/v1/presigned-url?${query}`)).json<{ url: string }>();
    const put = async (body: string, type: string) =>
      (await fetch(url, { method: 'PUT', body, headers: { 'content-type': type } })).status;
    expect([await put('1234', 'text/html'), await put('12345', 'image/png')]).toEqual([403, 403]);
    expect(await put('1234', 'image/png')).toBe(200);
    expect((await fixture.http.delete(`/api/v1/files/uploads/signed/${file.key}`)).status).toBe(204);
  });

  it('are in a store whose health is reported', async () => {
    const { services } = (await fixture.http.get('/health/detail')).json<{ services: object }>();
    expect(services).toMatchObject({ s3: { status: 'up' } });
  });

  (FULL ? describe : describe.skip)('of 257 MiB', () => {
    it('are refused', async () => {
      const { body, headers } = formOf(generatedFile(257 * MIB));
      const reply = await fixture.http.post('/api/v1/upload', body, { headers });
      expect(reply.json()).toMatchObject({ code: 413, reason: 'FILE_TOO_LARGE' });
    }, 60_000);
  });

  describe('at a gateway with a small limit and no grpc-server', () => {
    let lonely: AppProcess;

    beforeAll(async () => {
      const env = {
        APP__UPSTREAMS__GRPC_SERVER__ADDRESS: '127.0.0.1:9',
        APP__UPSTREAMS__GRPC_SERVER__CONNECT_WAIT: '200ms',
        APP__S3__MAX_FILE_SIZE: '16MiB',
      };
      lonely = await (await startApp('gateway', { env })).ready();
    }, 60_000);

    afterAll(() => lonely.stop());

    it('are removed when they cannot be registered', async () => {
      const { body, headers } = formOf([Buffer.from(CONTENT)]);
      const reply = await lonely.http.post('/api/v1/upload', body, { headers });
      expect(reply.json()).toMatchObject({ code: 503, reason: 'UPSTREAM_UNAVAILABLE' });
      const metrics = new MetricsPage((await lonely.management.get('/metrics')).text);
      expect(metrics.sum('s3_requests_total', { operation: 'DeleteObject', outcome: 'ok' })).toBe(1);
    });

    it('are refused beyond the limit', async () => {
      const { body, headers } = formOf(generatedFile(17 * MIB));
      const reply = await lonely.http.post('/api/v1/upload', body, { headers });
      expect(reply.json()).toMatchObject({ code: 413, reason: 'FILE_TOO_LARGE' });
    });
  });
});
