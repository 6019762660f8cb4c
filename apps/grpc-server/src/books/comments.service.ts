import type {
  Comment,
  ValidListCommentsRequest,
  ListCommentsResponse,
  ValidPostCommentRequest,
} from '@app/contracts';
import { keysetPage, numberCursor } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { BookStore } from './book.store.js';
import { BookNotFoundError } from './books.errors.js';
import { CommentStore } from './comment.store.js';

/** The comments of readers on books. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly store: CommentStore,
    private readonly books: BookStore,
  ) {}

  /** Returns at most `limit` comments; none for a book that does not exist. */
  newest(bookId: number, limit: number): Promise<Comment[]> {
    return this.store.list(bookId, limit);
  }

  /**
   * @throws BookNotFoundError
   * @throws ValidationFailedError for a cursor that this list did not return
   */
  async list({ bookId, ...request }: ValidListCommentsRequest): Promise<ListCommentsResponse> {
    const page = await keysetPage(request, {
      codec: numberCursor,
      keyOf: ({ id }: Comment) => id,
      read: (limit, before) => this.store.list(bookId, limit, before),
    });
    if (page.items.length === 0 && !(await this.books.exists(bookId))) throw BookNotFoundError.of(bookId);
    return page;
  }

  /** @throws BookNotFoundError */
  post(comment: ValidPostCommentRequest): Promise<Comment> {
    return this.store.insert(comment);
  }
}
