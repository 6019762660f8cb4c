import type { Comment, PostCommentRequest } from '@app/contracts';
import { DataError, FOREIGN_KEY_VIOLATION, TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { BookNotFoundError } from './books.errors.js';
import { returnedRow } from './returned-row.js';

interface CommentRow {
  id: string;
  book_id: string;
  author: string;
  content: string;
  created_at: Date;
}

/** Comments in PostgreSQL. */
@Injectable()
export class CommentStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** @throws BookNotFoundError */
  async insert({ bookId, author, content }: PostCommentRequest): Promise<Comment> {
    try {
      return returnedRow(
        await this.rows(
          'INSERT INTO book_comment (book_id, author, content) VALUES ($1, $2, $3) RETURNING *',
          [bookId, author, content],
        ),
      );
    } catch (error) {
      throw isForeignKeyViolation(error) ? BookNotFoundError.of(bookId) : error;
    }
  }

  /** Those of a book that came before `before`, newest first. */
  async list(bookId: number, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<Comment[]> {
    return this.rows('SELECT * FROM book_comment WHERE book_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2', [
      bookId,
      limit,
      before,
    ]);
  }

  private async rows(sql: string, parameters: readonly unknown[]): Promise<Comment[]> {
    return (await this.transactions.query<CommentRow>(sql, parameters)).map(toComment);
  }
}

function toComment({ id, book_id: bookId, author, content, created_at: createdAt }: CommentRow): Comment {
  return { id: Number(id), bookId: Number(bookId), author, content, createdAt };
}

function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof DataError && error.sqlState === FOREIGN_KEY_VIOLATION;
}
