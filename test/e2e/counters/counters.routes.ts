import type { GatewayRoutes } from '../gateway-routes.js';

const KEY = { resource_id: 'errors:1', counter_type: 'likes' };
const tooMany = Array.from({ length: 1001 }, () => KEY);

export const routes: GatewayRoutes = {
  json: [
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
  ],
  refused: [
    ['GET', '/api/v1/counter/a%20b/likes', 400, 'VALIDATION_FAILED'],
    ['GET', `/api/v1/counter/${'x'.repeat(129)}/likes`, 400, 'VALIDATION_FAILED'],
    ['GET', `/api/v1/counter/errors:1/${'x'.repeat(65)}`, 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/counter/top', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/counter/top?counter_type=likes&window=2h', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/counter/top?counter_type=likes&limit=many', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/counter/top?counter_type=likes&limit=0', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/counter/top?counter_type=likes&counter_type=views', 400, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/counter/%E0%A4%A/likes', 400, 'MALFORMED_REQUEST'],
    ['GET', `/api/v1/counter/${'x'.repeat(2000)}/likes`, 414, 'URI_TOO_LONG'],
  ],
  addresses: [
    ['/api/v1/counter/increment', ['POST']],
    ['/api/v1/counter/errors:1/likes', ['GET', 'HEAD']],
    ['/api/v1/counter/batch', ['POST']],
    // As a GET it reads the counter `increment` of the resource `batch`.
    ['/api/v1/counter/batch/increment', ['GET', 'HEAD', 'POST']],
    ['/api/v1/counter/top', ['GET', 'HEAD']],
  ],
  unknown: ['/api/v1/counter', '/api/v1/counter/a/b/c'],
  succeeds: {
    'POST /api/v1/counter/increment': (http) => http.post('/api/v1/counter/increment', KEY),
    'GET /api/v1/counter/{resource_id}/{counter_type}': (http) => http.get('/api/v1/counter/errors:1/likes'),
    'POST /api/v1/counter/batch': (http) => http.post('/api/v1/counter/batch', { queries: [KEY] }),
    'POST /api/v1/counter/batch/increment': (http) =>
      http.post('/api/v1/counter/batch/increment', { items: [{ ...KEY, delta: -1 }] }),
    'GET /api/v1/counter/top': (http) =>
      http.get('/api/v1/counter/top?counter_type=likes&window=24h&limit=3'),
  },
};
