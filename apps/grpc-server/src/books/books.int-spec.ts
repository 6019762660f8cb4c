import { collectFeatures, Migrator, PostgresModule } from '@app/postgres';
import { RedisModule, redisConfig } from '@app/redis';
import { resilienceConfig } from '@app/resilience';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { booksConfig } from './books.config.js';
import { BooksModule } from './books.module.js';
import { BooksService } from './books.service.js';
import { CommentsService } from './comments.service.js';

const NOBODY_LISTENS = 'redis://127.0.0.1:9';

describe('the books of an app without Redis', () => {
  let scratch: ScratchPostgres;
  let app: INestApplicationContext;

  const started = async (settings: { samples: boolean }) => {
    app = await scratch.start({
      imports: [PostgresModule.forRoot(), RedisModule.forRoot({ needed: false }), BooksModule],
      config: [
        [booksConfig, booksConfig.schema.parse(settings)],
        [redisConfig, redisConfig.schema.parse({ state: { url: NOBODY_LISTENS } })],
        [resilienceConfig, resilienceConfig.schema.parse({})],
      ],
    });
    return app.get(BooksService);
  };
  const titles = () => scratch.execute('SELECT id, title FROM book ORDER BY id');

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    await new Migrator(scratch.config, await collectFeatures(BooksModule)).migrate();
  });

  afterAll(() => scratch.drop());

  it('are absent unless the samples are on, and each sample is stored once', async () => {
    await started({ samples: false });
    expect(await titles()).toEqual([]);
    await Promise.all([started({ samples: true }), started({ samples: true })]);
    expect(await titles()).toMatchObject([{ id: '1' }, { id: '2' }, { id: '3' }]);
  });

  it('can be written, read and removed', async () => {
    const books = await started({ samples: true });
    const book = { title: 'Computing Machinery', author: 'Alan Turing', intro: '' };
    const { id } = await books.create(book);
    expect(id).toBe(4);
    await books.update({ id, title: 'Computing Machinery and Intelligence' });
    expect(await books.get(id)).toEqual({
      book: { ...book, id, title: 'Computing Machinery and Intelligence' },
      comments: { items: [] },
      degraded: [],
    });
    expect(await books.update({ id })).toEqual({
      ...book,
      id,
      title: 'Computing Machinery and Intelligence',
    });
    expect(await books.remove(id)).toMatchObject({ id, author: 'Alan Turing' });
    await expect(books.update({ id, title: 'Gone' })).rejects.toHaveReason('BOOK_NOT_FOUND');
    await expect(books.get(id)).rejects.toHaveReason('BOOK_NOT_FOUND');
  });

  it('have comments, newest first, which are removed with them', async () => {
    const books = await started({ samples: true });
    const comments = app.get(CommentsService);
    const { id } = await books.create({ title: 'Notes', author: 'Ada Lovelace', intro: '' });
    const first = await comments.post({ bookId: id, author: 'a', content: 'one' });
    const second = await comments.post({ bookId: id, author: 'b', content: 'two' });
    expect(first).toEqual({ id: 1, bookId: id, author: 'a', content: 'one', createdAt: expect.any(Date) });
    expect(await books.get(id)).toMatchObject({ comments: { items: [second, first] } });
    await books.remove(id);
    expect(await scratch.execute('SELECT FROM book_comment')).toHaveLength(0);
    const late = comments.post({ bookId: id, author: 'a', content: 'late' });
    await expect(late).rejects.toHaveReason('BOOK_NOT_FOUND');
    await expect(comments.list({ bookId: id, limit: 1 })).rejects.toHaveReason('BOOK_NOT_FOUND');
  });

  it('are returned without comments when these cannot be read, and marked as degraded', async () => {
    const books = await started({ samples: true });
    await scratch.execute('DROP TABLE book_comment');
    expect(await books.get(1)).toMatchObject({
      book: { id: 1 },
      comments: undefined,
      degraded: ['comments'],
    });
  });
});
