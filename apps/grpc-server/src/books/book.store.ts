import type { Book } from '@app/contracts';
import { returnedRow, type SqlRow, TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { Repository } from 'typeorm';
import { BookEntity } from './book.entity.js';

export type BookChanges = Partial<Omit<Book, 'id'>>;

/** Books in PostgreSQL. */
@Injectable()
export class BookStore {
  constructor(private readonly transactions: TransactionHost) {}

  async insert({ title, author, intro }: Omit<Book, 'id'>): Promise<Book> {
    const insertion = this.books.createQueryBuilder().insert().values({ title, author, intro });
    return returnedRow(this.entities(await insertion.returning('*').execute()));
  }

  async find(id: number): Promise<Book | undefined> {
    return (await this.books.findOneBy({ id })) ?? undefined;
  }

  async exists(id: number): Promise<boolean> {
    return this.books.existsBy({ id });
  }

  async update(id: number, { title, author, intro }: BookChanges): Promise<Book | undefined> {
    const isEmpty = [title, author, intro].every((change) => change === undefined);
    if (isEmpty) return this.find(id);
    const changes = { title, author, intro };
    const [book] = this.entities(await this.books.update({ id }, changes, { returning: '*' }));
    return book;
  }

  /** Removes a book with its comments. */
  async remove(id: number): Promise<Book | undefined> {
    const deletion = this.books.createQueryBuilder().delete().where({ id });
    const [book] = this.entities(await deletion.returning('*').execute());
    return book;
  }

  /** Stores these books under their own ids, if there is no book yet; returns how many it has stored. */
  async begin(books: readonly Book[]): Promise<number> {
    return this.transactions.run(async () => {
      // Several servers may start at the same time.
      await this.transactions.query('LOCK TABLE book IN SHARE ROW EXCLUSIVE MODE');
      if (await this.books.exists()) return 0;
      await this.books.insert(books.map((book) => ({ ...book })));
      await this.transactions.query(
        `SELECT setval(sequence, greatest(max(id), nextval(sequence)))
           FROM book, pg_get_serial_sequence('book', 'id') AS sequence GROUP BY sequence`,
      );
      return books.length;
    });
  }

  private entities({ raw }: { raw: readonly SqlRow[] }): Book[] {
    return this.transactions.entities(BookEntity, raw);
  }

  private get books(): Repository<BookEntity> {
    return this.transactions.repository(BookEntity);
  }
}
