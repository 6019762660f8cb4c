import { AppError, Status } from '@app/errors';

export abstract class BooksError extends AppError {}

/** No book has this id. */
export class BookNotFoundError extends BooksError {
  static of(id: number): BookNotFoundError {
    return new BookNotFoundError({
      reason: 'BOOK_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'There is no book with this id.',
      details: { id },
    });
  }
}
