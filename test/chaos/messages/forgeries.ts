import { randomBytes, randomUUID } from 'node:crypto';
import type { Options } from 'amqplib';

/** A message that no app of the project would send. */
export interface Forgery {
  name: string;
  content: Buffer;
  options: Options.Publish;
}

/** The most bytes of headers that amqplib can encode. With these, there is no room to add a history. */
const HEADERS = 64 * 1024;
const TASK = { number: 0 };

function forgery(name: string, content: unknown, options: Options.Publish = {}): Forgery {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content as string);
  return { name, content: bytes, options };
}

/** A message with an id, so that it has no other fault. */
function named(name: string, content: unknown, options: Options.Publish = {}): Forgery {
  return forgery(name, content, { messageId: randomUUID(), ...options });
}

function withHeaders(name: string, headers: Record<string, unknown>): Forgery {
  return named(name, JSON.stringify(TASK), { headers });
}

/** Messages that an untrusted publisher, an old release or a broken tool may send. */
export function forgeries(): Forgery[] {
  const deep = 100_000;
  return [
    forgery('nothing at all', ''),
    forgery('no id', JSON.stringify(TASK)),
    forgery('an id that is no UUID', JSON.stringify(TASK), { messageId: "'; DROP TABLE task" }),
    named('1 MiB of garbage', randomBytes(1024 * 1024)),
    named('bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    named('null', 'null'),
    named('a deep nest', '['.repeat(deep) + ']'.repeat(deep)),
    named('a prototype', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    named('a NUL character', String.raw`{"number":"\u0000"}`),
    named('half a character', String.raw`{"number":"\ud800"}`),
    named('a number beyond all numbers', '{"number":1e999}'),
    named('properties at their limits', JSON.stringify(TASK), {
      type: 't'.repeat(255),
      correlationId: 'c'.repeat(255),
      contentType: 'x'.repeat(255),
      contentEncoding: 'gzip',
      replyTo: 'nowhere',
      timestamp: Number.MAX_SAFE_INTEGER,
      priority: 255,
    }),
    withHeaders('a header bomb', { bomb: 'b'.repeat(HEADERS - 400) }),
    withHeaders(
      'thousands of headers',
      Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`h${i}`, i % 7])),
    ),
    withHeaders('an attempt below zero', { 'x-attempt': -1 }),
    withHeaders('an attempt without end', { 'x-attempt': Number.MAX_SAFE_INTEGER }),
    withHeaders('an attempt that is a table', { 'x-attempt': { '!': 'timestamp', value: 1 } }),
    withHeaders('a history that is no JSON', { 'x-failures': '[{' }),
    withHeaders('a history of wrong entries', {
      'x-failures': JSON.stringify([null, 7, { reason: {}, at: [] }, { reason: 'X', at: '9999-99-99' }]),
    }),
    withHeaders('a long history', {
      'x-failures': JSON.stringify(
        Array.from({ length: 200 }, () => ({
          attempt: 1,
          at: new Date(0).toISOString(),
          reason: 'X',
          message: 'm'.repeat(100),
        })),
      ),
    }),
    withHeaders('a death of another queue', {
      'x-death': [{ queue: 'nowhere', count: 'many', reason: 7 }],
      'x-first-death-queue': 9,
    }),
    withHeaders('many deliveries', { 'x-delivery-count': 1_000 }),
    withHeaders('a context of wrong types', {
      traceparent: '00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-zz',
      'x-request-id': Buffer.alloc(1_000),
    }),
    withHeaders('a target that does not exist', { 'x-target-queue': 'nowhere', 'x-due-at': Date.now() }),
    withHeaders('a time that no clock has', { 'x-target-queue': 'task_queue', 'x-due-at': 1e300 }),
    withHeaders('a circle', { 'x-target-queue': 'scheduled', 'x-due-at': Date.now() }),
  ];
}
