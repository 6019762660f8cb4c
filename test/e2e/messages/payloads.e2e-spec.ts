import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import type { HttpOptions } from '../../support/network/http-client.js';
import { askDatabase } from '../../support/servers/running-postgres.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { expectError } from '../expect-error.js';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

const KEPT = [
  '{"constructor":{"prototype":{"polluted":true}},"prototype":[1],"toString":"x","":0}',
  String.raw`{"text":"größe € \ud83d\ude00 \u0001 \"\\","a/b":"\/"}`,
  '[0,-1.5,1e2,0.1,1e21,5e-324,9007199254740991,-9007199254740991]',
  '{"z":1,"a":{"m":[],"b":{}},"10":1,"9":2}',
  nested(64),
  `{"${'k'.repeat(10_000)}":"${'v'.repeat(100_000)}"}`,
  '"text"',
  '7',
  'null',
  'false',
];

const REFUSED: [message: string, reason: string, path: string][] = [
  ['{"a":{"__proto__":{"b":1}}}', 'MALFORMED_BODY', 'message.a.__proto__'],
  [String.raw`[{"\u005f_proto__":1}]`, 'MALFORMED_BODY', 'message[0].__proto__'],
  ['{"a":1,"a":2}', 'MALFORMED_BODY', 'message.a'],
  [String.raw`{"a":[{"b":1,"\u0062":2}]}`, 'MALFORMED_BODY', 'message.a[0].b'],
  ['1e400', 'MALFORMED_BODY', 'message'],
  ['{"id":12345678901234567890}', 'MALFORMED_BODY', 'message.id'],
  ['[0.1000000000000000055511151231257827]', 'MALFORMED_BODY', 'message[0]'],
  [nested(65), 'MALFORMED_BODY', `message${'[0]'.repeat(64)}`],
  [String.raw`{"a":["\u0000"]}`, 'VALIDATION_FAILED', 'message.a[0]'],
  [String.raw`{"a":"\ud800"}`, 'VALIDATION_FAILED', 'message.a'],
];

describe('the payload of a message', () => {
  const { http } = runningSystem();
  const json = { 'content-type': 'application/json' };
  const bodyOf = (message: string) => `{"queue":"task_queue","message":${message}}`;
  const submit = (body: string | Buffer, headers: HttpOptions['headers'] = {}) =>
    http.request('POST', '/api/v1/message', { body, headers: { ...json, ...headers } });

  it.each(KEPT)('is stored by the worker as it was sent: %.60s', async (message) => {
    const reply = await submit(bodyOf(message));
    expect(reply.status).toBe(202);
    const id = reply.json<{ message_id: string }>().message_id;
    const stored = () =>
      askDatabase<{ payload: unknown }>('worker', 'SELECT payload FROM task WHERE message_id = $1', [id]);
    await eventually(async () =>
      expect(await stored()).toEqual([{ payload: JSON.parse(message) as unknown }]),
    );
  });

  it.each(REFUSED)(
    'is refused with its place when it cannot be stored exactly: %.60s',
    async (message, reason, path) => {
      const reply = await submit(bodyOf(message));
      expectError(reply, 400, reason);
      expect(reply.json()).toMatchObject({ details: { issues: [{ path }] } });
    },
  );

  it.each([
    ['Latin-1', Buffer.from(bodyOf('"\xe9"'), 'latin1')],
    ['UTF-16', Buffer.from(`\ufeff${bodyOf('1')}`, 'utf16le')],
    [
      'an overlong NUL',
      Buffer.concat([Buffer.from('{"queue":"'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]),
    ],
    ['gzip that does not say so', gzipSync(bodyOf('1'))],
  ])('is refused in %s', async (_what, body) => {
    expectError(await submit(body), 400, 'MALFORMED_BODY');
  });

  it.each<Record<string, string>>([
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-encoding': 'gzip' },
  ])('is refused with %j', async (headers) => {
    expectError(await submit(bodyOf('1'), headers), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});
