import { randomUUID } from 'node:crypto';
import type { HttpClient, HttpOptions, HttpReply } from '../../support/network/http-client.js';

export interface UserReply {
  id: string;
  email: string;
  name: string;
  roles: string[];
  created_at: string;
  updated_at: string;
  version: number;
}

const ADMIN = { authorization: 'Bearer test-admin-token' };

/** The requests of an admin for users. */
export class UsersApi {
  constructor(private readonly http: HttpClient) {}

  /** A new, unique body. */
  static newcomer() {
    return { email: `${randomUUID()}@Example.com`, name: 'Ada Lovelace', password: 'correct horse' };
  }

  /** Registers a user without a token, as anyone may. */
  register(body: unknown = UsersApi.newcomer()): Promise<HttpReply> {
    return this.http.post('/api/v1/users', body);
  }

  send(method: string, path: string, { headers, ...options }: HttpOptions = {}): Promise<HttpReply> {
    return this.http.request(method, path, { ...options, headers: { ...ADMIN, ...headers } });
  }

  patch(id: string, body: unknown, ifMatch?: string): Promise<HttpReply> {
    const headers: Record<string, string> = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    return this.send('PATCH', `/api/v1/users/${id}`, { body, headers });
  }

  /** Registers a user and returns it. */
  async somebody(): Promise<UserReply> {
    return (await this.register()).json<UserReply>();
  }

  /** All users in the pages of the list after `cursor`. */
  async walk(
    limit: number,
    meet: (page: UserReply[]) => Promise<void>,
    path = '/api/v1/users',
  ): Promise<void> {
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const reply = await this.send('GET', `${path}?limit=${limit}${query}`);
      const page = reply.json<{ items: UserReply[]; next_cursor: string | null }>();
      await meet(page.items);
      cursor = page.next_cursor;
    }
  }
}
