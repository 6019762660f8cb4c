import type { Comment, ValidPostCommentRequest } from '@app/contracts';
import { isForeignKeyViolation, returnedRow, TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { BookNotFoundError } from './books.errors.js';
import { CommentEntity } from './comment.entity.js';

/** The comments on books in PostgreSQL. */
@Injectable()
export class CommentStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** @throws BookNotFoundError */
  async insert({ bookId, author, content }: ValidPostCommentRequest): Promise<Comment> {
    const comments = this.transactions.repository(CommentEntity).createQueryBuilder();
    const insertion = comments.insert().values({ bookId, author, content }).returning('*');
    try {
      const { raw } = await insertion.execute();
      return returnedRow(this.transactions.entities(CommentEntity, raw));
    } catch (error) {
      throw isForeignKeyViolation(error) ? BookNotFoundError.of(bookId) : error;
    }
  }

  /**
   * Lists at most `limit` comments of a book, newest first. Only comments whose own id is below `before` are listed.
   * The query is plain SQL, because each read of a book runs it and a query builder is slower.
   */
  async list(bookId: number, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<Comment[]> {
    const rows = await this.transactions.query(
      'SELECT * FROM book_comment WHERE book_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2',
      [bookId, limit, before],
    );
    return this.transactions.entities(CommentEntity, rows);
  }
}
