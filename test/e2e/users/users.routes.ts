import type { HttpClient, HttpReply } from '../../support/network/http-client.js';
import type { GatewayRoutes } from '../gateway-routes.js';
import { UsersApi } from './users-api.js';

const NOBODYS = '/api/v1/users/01890a5d-ac96-774b-bcce-b302099a8057';
const ADMIN = { authorization: 'Bearer test-admin-token' };
const VALID = { email: 'errors@example.com', name: 'Errors', password: 'correct horse' };

const wrong = {
  'a number as email': { ...VALID, email: 1 },
  'an email without a domain': { ...VALID, email: 'errors' },
  'an email of 255 characters': { ...VALID, email: `${'x'.repeat(243)}@example.com` },
  'an empty name': { ...VALID, name: '' },
  'a blank name': { ...VALID, name: '  ' },
  'NUL in name': { ...VALID, name: 'a\0b' },
  'a name of 129 characters': { ...VALID, name: 'x'.repeat(129) },
  'a password of 7 characters': { ...VALID, password: '7777777' },
  'null as password': { ...VALID, password: null },
  'a list': [VALID],
  null: null,
};

const withUser =
  (send: (users: UsersApi, id: string) => Promise<HttpReply>) =>
  async (http: HttpClient): Promise<HttpReply> => {
    const users = new UsersApi(http);
    return send(users, (await users.somebody()).id);
  };

export const routes: GatewayRoutes = {
  json: [
    {
      method: 'POST',
      path: '/api/v1/users',
      valid: VALID,
      required: ['email', 'name', 'password'],
      wrong: { ...wrong, roles: { ...VALID, roles: ['admin'] } },
    },
    {
      method: 'PATCH',
      path: NOBODYS,
      headers: ADMIN,
      valid: VALID,
      wrong: { ...wrong, 'no field': {}, 'a text as roles': { roles: 'admin' }, 'no role': { roles: [''] } },
    },
  ],
  refused: [
    ['GET', '/api/v1/users', 401, 'UNAUTHENTICATED'],
    ['GET', '/api/users', 401, 'UNAUTHENTICATED'],
    ['GET', '/api/v1/users/me', 401, 'UNAUTHENTICATED'],
    ['GET', NOBODYS, 401, 'UNAUTHENTICATED'],
    ['PATCH', NOBODYS, 401, 'UNAUTHENTICATED'],
    ['DELETE', NOBODYS, 401, 'UNAUTHENTICATED'],
  ],
  addresses: [
    ['/api/v1/users', ['GET', 'HEAD', 'POST']],
    ['/api/users', ['GET', 'HEAD']],
    ['/api/v1/users/me', ['GET', 'HEAD', 'PATCH', 'DELETE']],
    [NOBODYS, ['GET', 'HEAD', 'PATCH', 'DELETE']],
  ],
  succeeds: {
    'POST /api/v1/users': (http) => new UsersApi(http).register(),
    'GET /api/v1/users/{id}': withUser((users, id) => users.send('GET', `/api/v1/users/${id}`)),
    'PATCH /api/v1/users/{id}': withUser((users, id) => users.patch(id, { name: 'Grace' })),
    'DELETE /api/v1/users/{id}': withUser((users, id) => users.send('DELETE', `/api/v1/users/${id}`)),
    'GET /api/v1/users': (http) => http.get('/api/v1/users?limit=1', { headers: ADMIN }),
    'GET /api/users': (http) => http.get('/api/users?limit=1', { headers: ADMIN }),
  },
};
