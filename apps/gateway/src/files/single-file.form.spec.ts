import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { AppError } from '@app/errors';
import { HttpRequestError } from '@app/http';
import { fastifyMultipart } from '@fastify/multipart';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SingleFileForm } from './single-file.form.js';

type Part = readonly [head: string, content: string];

const disposition = (rest: string) => `content-disposition: form-data; ${rest}`;
const file = (content: string, name = 'a.txt'): Part => [
  disposition(`name="file"; filename="${name}"`),
  content,
];
const text = (name: string, content = 'x'): Part => [disposition(`name="${name}"`), content];
const joined = (parts: readonly Part[]) =>
  parts.map(([head, content]) => `--b\r\n${head}\r\n\r\n${content}\r\n`).join('');
const form = (...parts: readonly Part[]) => `${joined(parts)}--b--\r\n`;
const LARGE = 'x'.repeat(300_000);

const REFUSED: [what: string, body: string | Buffer, reason: string, message: RegExp][] = [
  ['two files', form(file('one'), file('two')), 'VALIDATION_FAILED', /more than one part/],
  ['two large files', form(file(LARGE), file(LARGE)), 'VALIDATION_FAILED', /more than one part/],
  ['a file and a text', form(file('one'), text('note')), 'VALIDATION_FAILED', /more than one part/],
  [
    'a file and the same field as a text',
    form(file('one'), text('file')),
    'VALIDATION_FAILED',
    /more than one/,
  ],
  [
    'a file and a part without a name',
    form(file('one'), ['x-a: 1', 'lost']),
    'VALIDATION_FAILED',
    /more than one/,
  ],
  ['a file and an empty part', form(file('one'), file('', '')), 'VALIDATION_FAILED', /more than one part/],
  ['a text before the file', form(text('note'), file('one')), 'FILE_MISSING', /the text "note"/],
  ['a large text alone', form(text('note', LARGE)), 'FILE_MISSING', /the text "note"/],
  [
    'the file in another field',
    form([disposition('name="up"; filename="a"'), 'x']),
    'FILE_MISSING',
    /file "up"/,
  ],
  ['the field as a text', form(text('file')), 'FILE_MISSING', /without a file name/],
  [
    'the field as bytes without a file name',
    form([`${disposition('name="file"')}\r\ncontent-type: application/octet-stream`, 'x']),
    'FILE_MISSING',
    /without a file name/,
  ],
  ['no chosen file', form(file('', '')), 'FILE_MISSING', /empty file name/],
  ['a field without a name', form([disposition('filename="a"'), 'x']), 'FILE_MISSING', /without a name/],
  ['no parts', '--b--\r\n', 'FILE_MISSING', /no part/],
  ['nothing', '', 'FILE_MISSING', /no part/],
  ['no end', joined([file('one')]), 'MALFORMED_BODY', /cannot be read/],
  ['half of an end', `${joined([file('one')])}--b`, 'MALFORMED_BODY', /cannot be read/],
  ['an end in the middle of its file', form(file(LARGE)).slice(0, 1000), 'MALFORMED_BODY', /cannot be read/],
  ['another boundary', form(file('one')).replaceAll('--b', '--c'), 'MALFORMED_BODY', /cannot be read/],
  ['a field that reaches into prototypes', form(text('__proto__')), 'MALFORMED_BODY', /cannot be read/],
  ['a file name in Latin-1', Buffer.from(form(file('x', 'é.txt')), 'latin1'), 'MALFORMED_BODY', /not UTF-8/],
  ['a field name in Latin-1', Buffer.from(form(text('é')), 'latin1'), 'MALFORMED_BODY', /not UTF-8/],
  ['a file name with a NUL', form(file('x', 'a\0.txt')), 'MALFORMED_BODY', /./],
  [
    'a file in base64',
    form([`${disposition('name="file"; filename="a"')}\r\ncontent-transfer-encoding: base64`, 'eA==']),
    'UNSUPPORTED_MEDIA_TYPE',
    /base64/,
  ],
];

describe('a form', () => {
  let app: FastifyInstance;
  let stored: Buffer | undefined;

  beforeAll(async () => {
    app = fastify();
    await app.register(fastifyMultipart);
    const take = async (request: FastifyRequest, reply: FastifyReply) => {
      const single = SingleFileForm.of(request);
      try {
        const { stream, originalname } = await single.open();
        stored = await buffer(stream);
        return { name: originalname };
      } catch (error) {
        const { reason, message } = single.refusal ?? (error as AppError);
        return reply.status(400).send({ reason, message });
      }
    };
    app.post('/', take);
    app.post('/cut', (request, reply) => {
      const { raw } = request;
      raw.once('data', () => setImmediate(() => raw.emit('error', HttpRequestError.requestTimeout())));
      return take(request, reply);
    });
    await app.ready();
  });
  afterAll(() => app.close());

  async function send(payload: string | Buffer) {
    stored = undefined;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    return app.inject({ method: 'POST', url: '/', payload, headers });
  }

  it.each(REFUSED)('of %s is refused, and nothing of it is stored', async (_what, body, reason, message) => {
    const reply = await send(body);
    expect(reply.json()).toMatchObject({ reason, message: expect.stringMatching(message) });
    expect(stored).toBeUndefined();
  });

  it.each([
    ['one file', form(file('content', 'größe €.txt')), 'content', 'größe €.txt'],
    ['one large file', form(file(LARGE)), LARGE, 'a.txt'],
    ['an empty file', form(file('')), '', 'a.txt'],
    ['a file and an epilogue', `${form(file('content'))}epilogue`, 'content', 'a.txt'],
    ['a file with a boundary in it', form(file('--c--\r\n-b')), '--c--\r\n-b', 'a.txt'],
  ])('of %s is accepted', async (_what, body, content, name) => {
    const reply = await send(body);
    expect(reply.json()).toEqual({ name });
    expect(stored?.toString()).toBe(content);
  });

  it.each([
    ['its file', joined([file(LARGE)])],
    ['its first part', `--b\r\n${disposition('name="file"')}`],
  ])(
    'that the server cuts off in the middle of %s is refused with the reason of the cut',
    async (_what, sent) => {
      const payload = new PassThrough();
      payload.write(sent);
      const headers = { 'content-type': 'multipart/form-data; boundary=b' };
      const reply = await app.inject({ method: 'POST', url: '/cut', payload, headers });
      payload.destroy();
      expect(reply.json()).toMatchObject({ reason: 'REQUEST_TIMEOUT' });
    },
  );
});
