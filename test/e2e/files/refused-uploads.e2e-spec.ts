import { describe, it } from '@jest/globals';
import type { HttpOptions } from '../../support/http-client.js';
import { runningHouse } from '../../support/running-house.js';
import { expectError } from '../expect-error.js';

const FORM = { 'content-type': 'multipart/form-data; boundary=b' };

describe('an upload', () => {
  const { http } = runningHouse();
  const upload = (options: HttpOptions = {}) => http.request('POST', '/api/v1/upload', options);

  it('of JSON is refused', async () => {
    expectError(await upload({ body: { file: 'x' } }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('without a body has no file', async () => {
    expectError(await upload(), 400, 'FILE_MISSING');
  });

  it('without a boundary cannot be read', async () => {
    const headers = { 'content-type': 'multipart/form-data' };
    expectError(await upload({ body: 'x', headers }), 400, 'MALFORMED_BODY');
  });

  it('of a form whose file stands in another field has no file', async () => {
    const body = '--b\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n--b--\r\n';
    expectError(await upload({ body, headers: FORM }), 400, 'FILE_MISSING');
  });

  it('of a form that breaks off cannot be read', async () => {
    const body = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhel';
    expectError(await upload({ body, headers: FORM }), 400, 'MALFORMED_BODY');
  });
});
