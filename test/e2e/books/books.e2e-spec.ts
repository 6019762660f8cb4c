import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { expectError } from '../expect-error.js';
import { type BookReply, BooksApi, type CommentReply } from './books-api.js';
import { withLockedComments } from './locked-comments.js';

const fixture = runningSystem();
const books = new BooksApi(fixture.http);

describe('a book', () => {
  it('is returned with its newest comments, at both of its addresses', async () => {
    const { id, ...book } = await books.some();
    const older = await books.post(id, 'Hard to read.');
    const newer = await books.post(id, 'Worth it.');
    const reply = await books.read(id);
    expect(reply.json()).toEqual({ id, ...book, comments: [newer, older] });
    expect((await fixture.http.get(`/v1/detail?id=${id}`)).text).toBe(reply.text);
  });

  it('is read from the cache, which is updated at once after a change', async () => {
    const { id, ...book } = await books.some();
    await books.read(id);
    const hits = async () =>
      (await fixture.metrics('grpc-server')).sum('cache_requests_total', { cache: 'books', result: 'hit' });
    const before = await hits();
    for (let time = 0; time < 5; time++) await books.read(id);
    expect((await hits()) - before).toBe(5);
    for (const title of ['Second edition', 'Third edition']) {
      expect((await books.send('PATCH', `/api/v1/books/${id}`, { title })).json()).toEqual({
        id,
        ...book,
        title,
      });
      expect((await books.read(id)).json()).toEqual({ id, ...book, title, comments: [] });
    }
  });

  it('has its new value for every reader once the writer has its reply', async () => {
    const { id } = await books.some();
    let written = 0;
    const readers = Array.from({ length: 8 }, async () => {
      while (written < 30) {
        const known = written;
        const { title } = (await books.read(id)).json<BookReply>();
        expect(Number.parseInt(title, 10) || 0).toBeGreaterThanOrEqual(known);
      }
    });
    for (let edition = 1; edition <= 30; edition++) {
      await books.send('PATCH', `/api/v1/books/${id}`, { title: `${edition}th edition` });
      written = edition;
    }
    await Promise.all(readers);
  });

  it('is removed with its comments when it is deleted', async () => {
    const { id } = await books.some();
    await books.post(id, 'Out of print?');
    await books.read(id);
    expect((await books.send('DELETE', `/api/v1/books/${id}`)).status).toBe(204);
    for (const path of ['', '/comments'])
      expectError(await fixture.http.get(`/api/v1/books/${id}${path}`), 404, 'BOOK_NOT_FOUND');
    expectError(await books.send('PATCH', `/api/v1/books/${id}`, { title: 'x' }), 404, 'BOOK_NOT_FOUND');
    expectError(await books.send('POST', '/v1/post', { id, content: 'Anybody?' }), 404, 'BOOK_NOT_FOUND');
  });

  it('is returned in time without comments, and degraded, while these are unavailable', async () => {
    const { id, ...book } = await books.some();
    const comment = await books.post(id, 'Still here.');
    await withLockedComments(async () => {
      const started = performance.now();
      const replies = await Promise.all(Array.from({ length: 40 }, () => books.read(id)));
      for (const reply of replies) {
        expect(reply.status).toBe(200);
        expect(reply.json()).toEqual({ id, ...book, degraded: ['comments'] });
      }
      expect(performance.now() - started).toBeLessThan(3_000);
      // Requests that wait for comments do not exhaust the resources of others.
      expect((await books.send('PATCH', `/api/v1/books/${id}`, { title: 'Meanwhile' })).status).toBe(200);
    });
    await eventually(async () => {
      expect((await books.read(id)).json()).toEqual({ id, ...book, title: 'Meanwhile', comments: [comment] });
    });
  });
});

describe('the comments of a book', () => {
  it('have their author and their time', async () => {
    const { id } = await books.some();
    const reply = await books.send('POST', '/v1/post', { id, content: 'First!' });
    expect(reply.status).toBe(201);
    expect(reply.json()).toEqual({
      id: expect.any(Number),
      book_id: id,
      author: 'admin',
      content: 'First!',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('are paged, newest first, each exactly once while others are written', async () => {
    const { id } = await books.some();
    const written: number[] = [];
    for (let index = 0; index < 7; index++) written.unshift((await books.post(id, `No. ${index}`)).id);
    const met: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const reply = await fixture.http.get(`/v1/get?id=${id}&limit=3${from}`);
      const page = reply.json<{ items: CommentReply[]; next_cursor: string | null }>();
      met.push(...page.items.map((comment) => comment.id));
      cursor = page.next_cursor;
      await books.post(id, 'In between');
    }
    expect(met).toEqual(written);
  });
});
