import type { Comment, ListCommentsRequest, ListCommentsResponse, PostCommentRequest } from '@app/contracts';
import { ValidationFailedError } from '@app/errors';
import { Injectable } from '@nestjs/common';
import { BookStore } from './book.store.js';
import { BookNotFoundError } from './books.errors.js';
import { fromCursor, toCursor } from './comment.cursor.js';
import { CommentStore } from './comment.store.js';

/** What readers say of books. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly store: CommentStore,
    private readonly books: BookStore,
  ) {}

  /** At most `limit`; none for a book that there is not. */
  newest(bookId: number, limit: number): Promise<Comment[]> {
    return this.store.list(bookId, limit);
  }

  /**
   * @throws BookNotFoundError
   * @throws ValidationFailedError for a cursor of another make
   */
  async list({ bookId, limit, cursor }: ListCommentsRequest): Promise<ListCommentsResponse> {
    const before = cursor === undefined ? undefined : fromCursor(cursor);
    if (cursor !== undefined && before === undefined)
      throw ValidationFailedError.of([{ path: 'cursor', message: 'is not a next_cursor of this list' }]);
    // One more than asked for tells whether there is more.
    const found = await this.store.list(bookId, limit + 1, before);
    if (found.length === 0 && !(await this.books.find(bookId))) throw BookNotFoundError.of(bookId);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && found.length > limit ? toCursor(last.id) : undefined };
  }

  /** @throws BookNotFoundError */
  post(comment: PostCommentRequest): Promise<Comment> {
    return this.store.insert(comment);
  }
}
