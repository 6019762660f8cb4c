import type { HttpReply } from '../../support/network/http-client.js';
import type { GatewayRoutes } from '../gateway-routes.js';

const ADMIN = { authorization: 'Bearer test-admin-token' };
const LETTERS = '/api/v1/dead-letters';
const NOBODYS = `${LETTERS}/01890a5d-ac96-774b-bcce-b302099a8057`;
const VALID = { queue: 'a_queue_that_nobody_has' };

const wrong = {
  'an empty queue': { queue: '' },
  'a number as reason': { ...VALID, reason: 7 },
  'a word as since': { ...VALID, since: 'yesterday' },
  'a limit of 0': { ...VALID, limit: 0 },
  'a limit beyond all letters': { ...VALID, limit: 1_000_000 },
  'no ids': { ids: [] },
  'no ids beside a queue': { ...VALID, ids: [] },
  'a word as id': { ids: ['first'] },
  'NUL in note': { ...VALID, note: 'a\0b' },
  'neither a queue nor ids': { reason: 'Error' },
};

const withLetter = (method: string, action: string) => async (): Promise<HttpReply> => {
  const { DeadLettersFixture } = await import('./dead-letters-fixture.js');
  const fixture = await DeadLettersFixture.open();
  try {
    const [letter] = (await fixture.letters(1)).letters;
    return await fixture.send(method, `/${letter?.id}${action}`);
  } finally {
    await fixture.close();
  }
};

export const routes: GatewayRoutes = {
  json: (['redrive', 'discard'] as const).map((action) => ({
    method: 'POST',
    path: `${LETTERS}/${action}`,
    headers: ADMIN,
    valid: VALID,
    required: ['queue'],
    // The worker, which has the rule that a queue or ids must be given, sees no body.
    withoutBody: 'VALIDATION_FAILED',
    wrong,
  })),
  refused: [
    ['GET', LETTERS, 401, 'UNAUTHENTICATED'],
    ['GET', `${LETTERS}:export`, 401, 'UNAUTHENTICATED'],
    ['GET', `${LETTERS}/actions`, 401, 'UNAUTHENTICATED'],
    ['GET', NOBODYS, 401, 'UNAUTHENTICATED'],
    ['POST', `${NOBODYS}/redrive`, 401, 'UNAUTHENTICATED'],
    ['POST', `${NOBODYS}/discard`, 401, 'UNAUTHENTICATED'],
    ['POST', `${LETTERS}/redrive`, 401, 'UNAUTHENTICATED'],
    ['POST', `${LETTERS}/discard`, 401, 'UNAUTHENTICATED'],
  ],
  addresses: [
    [LETTERS, ['GET', 'HEAD']],
    [`${LETTERS}:export`, ['GET', 'HEAD']],
    [`${LETTERS}/actions`, ['GET', 'HEAD']],
    [NOBODYS, ['GET', 'HEAD']],
    [`${NOBODYS}/redrive`, ['POST']],
    [`${NOBODYS}/discard`, ['POST']],
  ],
  succeeds: {
    'GET /api/v1/dead-letters': (http) => http.get(`${LETTERS}?status=all&limit=1`, { headers: ADMIN }),
    'GET /api/v1/dead-letters:export': (http) =>
      http.get(`${LETTERS}:export?queue=a_queue_that_nobody_has`, { headers: ADMIN }),
    'GET /api/v1/dead-letters/actions': (http) => http.get(`${LETTERS}/actions?limit=1`, { headers: ADMIN }),
    'GET /api/v1/dead-letters/{id}': withLetter('GET', ''),
    'POST /api/v1/dead-letters/{id}/redrive': withLetter('POST', '/redrive'),
    'POST /api/v1/dead-letters/{id}/discard': withLetter('POST', '/discard'),
    'POST /api/v1/dead-letters/redrive': (http) => http.post(`${LETTERS}/redrive`, VALID, { headers: ADMIN }),
    'POST /api/v1/dead-letters/discard': (http) => http.post(`${LETTERS}/discard`, VALID, { headers: ADMIN }),
  },
};
