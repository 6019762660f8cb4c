/** A route that takes a JSON body: one that it accepts, and what is wrong with others. */
export interface JsonRoute {
  method: 'POST';
  path: string;
  valid: Record<string, unknown>;
  /** Fields that must be there. */
  required: readonly string[];
  /** Bodies that are JSON and still wrong, by what is wrong with them. */
  wrong: Readonly<Record<string, unknown>>;
}

const KEY = { resource_id: 'errors:1', counter_type: 'likes' };
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const tooMany = Array.from({ length: 1001 }, () => KEY);

export const jsonRoutes: readonly JsonRoute[] = [
  {
    method: 'POST',
    path: '/api/v1/counter/increment',
    valid: { ...KEY, delta: 1 },
    required: ['resource_id', 'counter_type'],
    wrong: {
      'a number as resource_id': { ...KEY, resource_id: 1 },
      'an empty resource_id': { ...KEY, resource_id: '' },
      'a resource_id of 129 characters': { ...KEY, resource_id: 'x'.repeat(129) },
      'a space in resource_id': { ...KEY, resource_id: 'a b' },
      'a counter_type of 65 characters': { ...KEY, counter_type: 'x'.repeat(65) },
      'a text as delta': { ...KEY, delta: '1' },
      'null as delta': { ...KEY, delta: null },
      'a fraction as delta': { ...KEY, delta: 1.5 },
      'zero as delta': { ...KEY, delta: 0 },
      'a delta beyond a thousand million': { ...KEY, delta: 1_000_000_001 },
      'a list': [KEY],
      'a text': 'increment',
      null: null,
    },
  },
  {
    method: 'POST',
    path: '/api/v1/counter/batch',
    valid: { items: [KEY] },
    required: ['items'],
    wrong: {
      'an object as items': { items: KEY },
      'no item': { items: [] },
      '1001 items': { items: tooMany },
      'a text as item': { items: ['likes'] },
      'an item with an unknown field': { items: [{ ...KEY, delta: 1 }] },
      'both items and queries': { items: [KEY], queries: [KEY] },
    },
  },
  {
    method: 'POST',
    path: '/api/v1/counter/batch/increment',
    valid: { items: [{ ...KEY, delta: 1 }] },
    required: ['items'],
    wrong: {
      'an object as items': { items: KEY },
      'no item': { items: [] },
      '1001 items': { items: tooMany },
      'a text as delta': { items: [{ ...KEY, delta: '1' }] },
      'an item without counter_type': { items: [{ resource_id: 'errors:1' }] },
    },
  },
  {
    method: 'POST',
    path: '/api/v1/message',
    valid: { queue: 'task_queue', message: { task: 'errors' } },
    required: ['queue', 'message'],
    wrong: {
      'a number as queue': { queue: 1, message: {} },
      'a text as delay_ms': { queue: 'task_queue', message: {}, delay_ms: 'soon' },
      'a delay_ms below zero': { queue: 'task_queue', message: {}, delay_ms: -1 },
    },
  },
];

/** Addresses whose parameters are wrong; all answer 400 VALIDATION_FAILED. */
export const wrongAddresses: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/api/v1/counter/a%20b/likes'],
  ['GET', `/api/v1/counter/${'x'.repeat(129)}/likes`],
  ['GET', `/api/v1/counter/errors:1/${'x'.repeat(65)}`],
  ['GET', '/api/v1/counter/top'],
  ['GET', '/api/v1/counter/top?counter_type=likes&window=2h'],
  ['GET', '/api/v1/counter/top?counter_type=likes&limit=many'],
  ['GET', '/api/v1/counter/top?counter_type=likes&limit=0'],
  ['GET', '/api/v1/counter/top?counter_type=likes&counter_type=views'],
  ['GET', '/api/v1/presigned-url'],
  ['GET', '/api/v1/presigned-url?key=a/b&method=delete'],
  ['GET', '/api/v1/presigned-url?key=../../etc/passwd'],
  ['GET', '/api/v1/files/a%00b'],
  ['DELETE', '/api/v1/files/a%00b'],
  ['GET', '/api/v1/message/not-an-id'],
  ['GET', '/slow?ms=long'],
];

/** Addresses of things that are not there; all answer 404 with a reason of their own. */
export const missingThings: readonly (readonly [method: string, path: string, reason: string])[] = [
  ['GET', '/api/v1/files/2026/11/nothing-here', 'FILE_NOT_FOUND'],
  ['DELETE', '/api/v1/files/2026/11/nothing-here', 'FILE_NOT_FOUND'],
  ['GET', `/api/v1/message/${UUID}`, 'MESSAGE_NOT_FOUND'],
];

/** Every address with the methods that it answers. */
export const addresses: readonly (readonly [path: string, methods: readonly string[]])[] = [
  ['/health', ['GET', 'HEAD']],
  ['/api/v1/health', ['GET', 'HEAD']],
  ['/health/detail', ['GET', 'HEAD']],
  ['/api/v1/counter/increment', ['POST']],
  ['/api/v1/counter/errors:1/likes', ['GET', 'HEAD']],
  ['/api/v1/counter/batch', ['POST']],
  // As a GET it reads the counter `increment` of the resource `batch`.
  ['/api/v1/counter/batch/increment', ['GET', 'HEAD', 'POST']],
  ['/api/v1/counter/top', ['GET', 'HEAD']],
  ['/api/v1/upload', ['POST']],
  ['/api/v1/files/2026/11/nothing-here', ['GET', 'HEAD', 'DELETE']],
  ['/api/v1/presigned-url', ['GET', 'HEAD']],
  ['/api/v1/message', ['POST']],
  [`/api/v1/message/${UUID}`, ['GET', 'HEAD']],
];

/** Without HEAD, whose replies have no body that could tell anything. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export const unknownAddresses: readonly string[] = [
  '/',
  '/nowhere',
  '/api',
  '/api/v1',
  '/api/v1/counter',
  '/api/v1/counter/a/b/c',
  '/api/v2/health',
  '/api/v1/../v1/health',
  '/API/V1/HEALTH',
  '/.env',
  '/metrics/../config',
  '/readyz',
  '/config',
];
