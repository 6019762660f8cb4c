import type { Book } from '@app/contracts';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { returnedRow } from './returned-row.js';

export type BookChanges = Partial<Omit<Book, 'id'>>;

type BookRow = Omit<Book, 'id'> & { id: string };

const COLUMNS = 'id, title, author, intro';

/** Books in PostgreSQL. */
@Injectable()
export class BookStore {
  constructor(private readonly transactions: TransactionHost) {}

  async insert({ title, author, intro }: Omit<Book, 'id'>): Promise<Book> {
    return returnedRow(
      await this.rows(`INSERT INTO book (title, author, intro) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`, [
        title,
        author,
        intro,
      ]),
    );
  }

  async find(id: number): Promise<Book | undefined> {
    return this.one(`SELECT ${COLUMNS} FROM book WHERE id = $1`, [id]);
  }

  async update(id: number, { title, author, intro }: BookChanges): Promise<Book | undefined> {
    return this.one(
      `UPDATE book SET title = coalesce($2, title), author = coalesce($3, author), intro = coalesce($4, intro)
        WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, title, author, intro],
    );
  }

  /** With its comments. */
  async remove(id: number): Promise<Book | undefined> {
    return this.one(`DELETE FROM book WHERE id = $1 RETURNING ${COLUMNS}`, [id]);
  }

  /** Stores these books under the ids that they have, if there is no book yet; how many it has stored. */
  async begin(books: readonly Book[]): Promise<number> {
    return this.transactions.run(async () => {
      // Several servers may begin at once.
      await this.transactions.query('LOCK TABLE book IN SHARE ROW EXCLUSIVE MODE');
      const inserted = await this.transactions.query(
        `INSERT INTO book (${COLUMNS})
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
          WHERE NOT EXISTS (SELECT FROM book) RETURNING id`,
        [
          books.map(({ id }) => id),
          books.map(({ title }) => title),
          books.map(({ author }) => author),
          books.map(({ intro }) => intro),
        ],
      );
      if (inserted.length > 0)
        await this.transactions.query(
          `SELECT setval(sequence, greatest(max(id), nextval(sequence)))
             FROM book, pg_get_serial_sequence('book', 'id') AS sequence GROUP BY sequence`,
        );
      return inserted.length;
    });
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<Book | undefined> {
    const [book] = await this.rows(sql, parameters);
    return book;
  }

  private async rows(sql: string, parameters: readonly unknown[]): Promise<Book[]> {
    const rows = await this.transactions.query<BookRow>(sql, parameters);
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }
}
