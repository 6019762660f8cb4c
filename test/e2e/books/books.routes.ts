import type { HttpClient, HttpReply } from '../../support/network/http-client.js';
import type { GatewayRoutes, JsonRoute } from '../gateway-routes.js';
import { BooksApi } from './books-api.js';

const ADMIN = { authorization: 'Bearer test-admin-token' };
const NOBODYS = '/api/v1/books/0';
const BOOK = { title: 'Errors', author: 'Nobody', intro: '' };
const BEYOND = '9007199254740992';

const wrongBooks = {
  'a number as title': { ...BOOK, title: 1 },
  'an empty title': { ...BOOK, title: '' },
  'a title of two lines': { ...BOOK, title: 'a\nb' },
  'an author of 256 characters': { ...BOOK, author: 'x'.repeat(256) },
  'NUL in intro': { ...BOOK, intro: 'a\0b' },
  'an id': { ...BOOK, id: 1 },
  'a list': [BOOK],
};

const comment = (path: string, id: object): JsonRoute => ({
  method: 'POST',
  path,
  headers: ADMIN,
  valid: { ...id, content: 'Good.' },
  required: ['content'],
  wrong: {
    'a number as content': { ...id, content: 1 },
    'a blank content': { ...id, content: ' \n ' },
    'a content of 2001 characters': { ...id, content: 'x'.repeat(2001) },
  },
});

const withBook =
  (method: string, path: (id: number) => string, body?: (id: number) => object) =>
  async (http: HttpClient): Promise<HttpReply> => {
    const books = new BooksApi(http);
    const { id } = await books.some();
    return books.send(method, path(id), body?.(id));
  };

export const routes: GatewayRoutes = {
  json: [
    {
      method: 'POST',
      path: '/api/v1/books',
      headers: ADMIN,
      valid: BOOK,
      required: ['title', 'author'],
      wrong: wrongBooks,
    },
    { method: 'PATCH', path: NOBODYS, headers: ADMIN, valid: BOOK, wrong: { ...wrongBooks, 'no field': {} } },
    comment(`${NOBODYS}/comments`, {}),
    comment('/v1/post', { id: 0 }),
  ],
  refused: [
    ['POST', '/api/v1/books', 401, 'UNAUTHENTICATED'],
    ['PATCH', NOBODYS, 401, 'UNAUTHENTICATED'],
    ['DELETE', NOBODYS, 401, 'UNAUTHENTICATED'],
    ['POST', `${NOBODYS}/comments`, 401, 'UNAUTHENTICATED'],
    ['POST', '/v1/post', 401, 'UNAUTHENTICATED'],
    ['GET', '/v1/detail', 400, 'VALIDATION_FAILED'],
    ['GET', '/v1/detail?id=', 400, 'VALIDATION_FAILED'],
    ['GET', '/v1/detail?id=1e3', 400, 'VALIDATION_FAILED'],
    ['GET', '/v1/detail?id=1.0', 400, 'VALIDATION_FAILED'],
    ['GET', '/v1/detail?id=1&id=2', 400, 'VALIDATION_FAILED'],
    ['GET', `/v1/detail?id=${BEYOND}`, 400, 'VALIDATION_FAILED'],
    ['GET', `/v1/detail?id=-${BEYOND}`, 400, 'VALIDATION_FAILED'],
    ['GET', '/v1/detail?id=9007199254740991', 404, 'BOOK_NOT_FOUND'],
    ['GET', '/v1/detail?id=-1', 404, 'BOOK_NOT_FOUND'],
    ['GET', '/api/v1/books/one', 400, 'VALIDATION_FAILED'],
    ['GET', NOBODYS, 404, 'BOOK_NOT_FOUND'],
    ['GET', '/v1/get?id=0', 404, 'BOOK_NOT_FOUND'],
    ['GET', '/v1/get?id=0&limit=0', 400, 'VALIDATION_FAILED'],
    ['GET', '/v1/get?id=0&cursor=first', 400, 'VALIDATION_FAILED'],
    ['GET', `${NOBODYS}/comments`, 404, 'BOOK_NOT_FOUND'],
  ],
  addresses: [
    ['/api/v1/books', ['POST']],
    [NOBODYS, ['GET', 'HEAD', 'PATCH', 'DELETE']],
    [`${NOBODYS}/comments`, ['GET', 'HEAD', 'POST']],
    ['/v1/detail', ['GET', 'HEAD']],
    ['/v1/get', ['GET', 'HEAD']],
    ['/v1/post', ['POST']],
  ],
  unknown: ['/v1', '/v1/detail/1', '/api/v1/books/1/comments/1'],
  succeeds: {
    'GET /api/v1/books/{id}': withBook('GET', (id) => `/api/v1/books/${id}`),
    'GET /v1/detail': withBook('GET', (id) => `/v1/detail?id=${id}`),
    'POST /api/v1/books': (http) => new BooksApi(http).send('POST', '/api/v1/books', BOOK),
    'PATCH /api/v1/books/{id}': withBook(
      'PATCH',
      (id) => `/api/v1/books/${id}`,
      () => ({ title: 'New' }),
    ),
    'DELETE /api/v1/books/{id}': withBook('DELETE', (id) => `/api/v1/books/${id}`),
    'GET /api/v1/books/{book_id}/comments': withBook('GET', (id) => `/api/v1/books/${id}/comments`),
    'GET /v1/get': withBook('GET', (id) => `/v1/get?id=${id}`),
    'POST /api/v1/books/{book_id}/comments': withBook(
      'POST',
      (id) => `/api/v1/books/${id}/comments`,
      () => ({ content: 'Good.' }),
    ),
    'POST /v1/post': withBook(
      'POST',
      () => '/v1/post',
      (id) => ({ id, content: 'Good.' }),
    ),
  },
};
