import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formOf } from '../../support/assertions/generated-file.js';
import { runningSystem } from '../../support/apps/running-system.js';

const BAD_CALLS = 50;

/** Keys that the store does not have or accept, and the expected status. */
const KEYS = [
  ['1,200 bytes in 400 characters', '€'.repeat(400), 400],
  ['more than 1,024 characters', 'x'.repeat(1_200), 400],
  ['a segment that is longer than a file name may be', `uploads/${'x'.repeat(300)}/y`, 404],
  ['1,024 bytes', `uploads/${'x'.repeat(1_016)}`, 404],
  ['a parent folder', 'uploads/../../etc/passwd', 400],
  ['an encoded parent folder', 'uploads/%2e%2e/%2e%2e/etc/passwd', 400],
  ['another folder than that of the files', 'secrets/a', 400],
  ['an empty segment', 'uploads//b', 400],
  ['a control character', 'uploads/a\u0000b', 400],
  ['a backslash', 'uploads/a\\b', 400],
  ['characters beyond the basic plane', 'uploads/\u{1f600}.png', 404],
  ['a name that nothing has', 'uploads/nothing.txt', 404],
] as const;

describe('fifty requests for files with bad keys', () => {
  const fixture = runningSystem();
  let url: string;

  beforeAll(async () => {
    const { body, headers } = formOf([Buffer.from('well')], { name: 'a.txt' });
    url = (await fixture.http.post('/api/v1/upload', body, { headers })).json<{ url: string }>().url;
  });
  afterAll(() => fixture.http.delete(url));

  it.each(KEYS)('such as %s are refused with %i, while other requests are served', async (_, key, status) => {
    const path = `/api/v1/files/${encodeURIComponent(key)}`;
    for (const method of ['GET', 'HEAD', 'DELETE']) {
      const calls = Array.from({ length: BAD_CALLS }, () => fixture.http.request(method, path));
      const statuses = (await Promise.all(calls)).map((reply) => reply.status);
      expect([method, ...new Set(statuses)]).toEqual([method, status]);
    }
    const query = `/api/v1/presigned-url?key=${encodeURIComponent(key)}`;
    const presigned = await fixture.http.get(query);
    expect(presigned.status).toBe(status === 400 ? 400 : 200);
    const served = await fixture.http.get(url);
    expect(served).toMatchObject({ status: 200, text: 'well' });
  });
});
