import { type ConfigHandle, InjectConfig } from '@app/config';
import { Book, type BookDetail, type Comment, type UpdateBookRequest } from '@app/contracts';
import { logError } from '@app/logging';
import { Cache, type CacheNamespace, messageCodec } from '@app/redis';
import { type Policy, Resilience } from '@app/resilience';
import { Injectable, Logger } from '@nestjs/common';
import { BookStore } from './book.store.js';
import { type BooksConfig, booksConfig } from './books.config.js';
import { BookNotFoundError } from './books.errors.js';
import { CommentsService } from './comments.service.js';

/** How many comments a book is returned with. */
const NEWEST = 20;

/**
 * Books, read from the cache, each with its newest comments. The comments belong to another service. They are
 * requested through the policy `comments`; when they are unavailable, the book is returned without them.
 */
@Injectable()
export class BooksService {
  private readonly logger = new Logger(BooksService.name);
  private readonly cached: CacheNamespace<Book>;
  private readonly policy: Policy;

  constructor(
    private readonly store: BookStore,
    private readonly comments: CommentsService,
    cache: Cache,
    resilience: Resilience,
    @InjectConfig(booksConfig) { current }: ConfigHandle<BooksConfig>,
  ) {
    this.cached = cache.namespace({
      name: 'books',
      codec: messageCodec(Book),
      ttl: current.cacheTtl,
      staleWhileRevalidate: current.cacheStale,
    });
    this.policy = resilience.policy('comments');
  }

  /** @throws BookNotFoundError */
  async get(id: number): Promise<BookDetail> {
    const book = await this.cached.getOrLoad(String(id), () => this.store.find(id));
    if (!book) throw BookNotFoundError.of(id);
    const comments = await this.newestComments(id);
    return { book, comments: comments && { items: comments }, degraded: comments ? [] : ['comments'] };
  }

  create(book: Omit<Book, 'id'>): Promise<Book> {
    return this.store.insert(book);
  }

  /** @throws BookNotFoundError */
  async update({ id, ...changes }: UpdateBookRequest): Promise<Book> {
    const book = await this.store.update(id, changes);
    if (!book) throw BookNotFoundError.of(id);
    await this.invalidate(id);
    return book;
  }

  /** @throws BookNotFoundError */
  async remove(id: number): Promise<Book> {
    const book = await this.store.remove(id);
    if (!book) throw BookNotFoundError.of(id);
    await this.invalidate(id);
    return book;
  }

  /** Undefined when they are unavailable. */
  private newestComments(id: number): Promise<Comment[] | undefined> {
    return this.policy.execute<Comment[] | undefined>(() => this.comments.newest(id, NEWEST), {
      idempotent: true,
      readOnly: true,
      fallback: (error) => {
        logError(this.logger, error);
        return undefined;
      },
    });
  }

  /** The change is committed. Without Redis, the cache returns the old book until its entry expires. */
  private async invalidate(id: number): Promise<void> {
    try {
      await this.cached.invalidate(String(id));
    } catch (error) {
      this.logger.warn(
        { err: error, book: id },
        'A book that has changed may be read from the cache as it was.',
      );
    }
  }
}
