import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { HttpOptions } from '../../support/network/http-client.js';
import { bytesOf } from '../../support/apps/orders-server.js';
import { RawConnection } from '../../support/network/raw-connection.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { expectError } from '../expect-error.js';

const FORM = { 'content-type': 'multipart/form-data; boundary=b' };

type Part = readonly [head: string, content: string];

const fileNamed = (name: string, content: string): Part => [
  `content-disposition: form-data; name="file"; filename="${name}"`,
  content,
];
const textNamed = (name: string, content: string): Part => [
  `content-disposition: form-data; name="${name}"`,
  content,
];
const form = (...parts: readonly (Part | readonly string[])[]): string =>
  `${parts.map(([head, content]) => `--b\r\n${head}\r\n\r\n${content}\r\n`).join('')}--b--\r\n`;

describe('an upload', () => {
  const { http } = runningSystem();
  const upload = (options: HttpOptions = {}) => http.request('POST', '/api/v1/upload', options);

  it('of JSON is refused', async () => {
    expectError(await upload({ body: { file: 'x' } }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('without a body has no file', async () => {
    expectError(await upload(), 400, 'FILE_MISSING');
  });

  it('without a boundary is refused', async () => {
    const headers = { 'content-type': 'multipart/form-data' };
    expectError(await upload({ body: 'x', headers }), 400, 'MALFORMED_BODY');
  });

  it('with the file in another field has no file', async () => {
    const body = '--b\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n--b--\r\n';
    expectError(await upload({ body, headers: FORM }), 400, 'FILE_MISSING');
  });

  it.each([
    ['a second file', fileNamed('b.txt', 'two')],
    ['a text behind it', textNamed('note', 'hello')],
    ['a part that nobody can name', ['x-nothing: 1', 'lost']],
  ])('with %s is refused completely', async (_what, second) => {
    const body = form(fileNamed('a.txt', 'x'.repeat(200_000)), second);
    const reply = await upload({ body, headers: FORM });
    expectError(reply, 400, 'VALIDATION_FAILED');
    expect(reply.json()).toMatchObject({ details: { issues: [{ path: 'file' }] } });
  });

  it('is refused with the found part where a file is expected', async () => {
    const reply = await upload({ body: form(textNamed('note', 'hello')), headers: FORM });
    expect(reply.json()['message']).toMatch(/the text "note".*named "file"/);
  });

  it('that is compressed is refused', async () => {
    const body = form(fileNamed('a.txt', 'x'));
    const headers = { ...FORM, 'content-encoding': 'gzip' };
    expectError(await upload({ body, headers }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('with a truncated form is refused', async () => {
    const body = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhel';
    expectError(await upload({ body, headers: FORM }), 400, 'MALFORMED_BODY');
  });

  it.each([
    ['with two files', form(fileNamed('a.txt', 'one'), fileNamed('b.txt', 'two')), FORM['content-type']],
    ['of another field', form(textNamed('note', 'hello')), FORM['content-type']],
    ['without a boundary', 'abc', 'multipart/form-data'],
  ])('%s closes the connection, and no later request of it runs', async (_what, body, type) => {
    const id = randomUUID();
    const increment = JSON.stringify({ resource_id: id, counter_type: 'view' });
    const bytes = [
      bytesOf('POST /api/v1/upload', `content-type: ${type}\r\ncontent-length: ${body.length}\r\n`, body),
      bytesOf(
        'POST /api/v1/counter/increment',
        `content-type: application/json\r\ncontent-length: ${increment.length}\r\n`,
        increment,
      ),
    ];
    const replies = await RawConnection.exchange(http.port, bytes.join(''));
    expect(replies.map(({ status, headers }) => [status, headers['connection']])).toEqual([[400, 'close']]);
    expect((await http.get(`/api/v1/counter/${id}/view`)).json()['current_value']).toBe(0);
  });
});
