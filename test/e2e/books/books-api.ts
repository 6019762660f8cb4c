import type { HttpClient, HttpReply } from '../../support/network/http-client.js';

export interface CommentReply {
  id: number;
  book_id: number;
  author: string;
  content: string;
  created_at: string;
}

export interface BookReply {
  id: number;
  title: string;
  author: string;
  intro: string;
  comments?: CommentReply[];
  degraded?: string[];
}

const ADMIN = { authorization: 'Bearer test-admin-token' };
const BOOK = {
  title: 'On Computable Numbers',
  author: 'Alan Turing',
  intro: 'Machines.\nAnd what they cannot do.',
};

/** The requests of an admin for books. */
export class BooksApi {
  constructor(private readonly http: HttpClient) {}

  send(method: string, path: string, body?: unknown): Promise<HttpReply> {
    return this.http.request(method, path, { body, headers: ADMIN });
  }

  /** Creates a book. */
  async some(): Promise<BookReply> {
    return (await this.send('POST', '/api/v1/books', BOOK)).json<BookReply>();
  }

  read(id: number): Promise<HttpReply> {
    return this.http.get(`/api/v1/books/${id}`);
  }

  async post(id: number, content: string): Promise<CommentReply> {
    return (await this.send('POST', `/api/v1/books/${id}/comments`, { content })).json<CommentReply>();
  }
}
