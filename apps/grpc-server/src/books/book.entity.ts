import { safeInteger } from '@app/postgres';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `book`. */
@Entity('book')
export class BookEntity {
  @PrimaryColumn('bigint', {
    generated: 'identity',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'book_pkey',
    transformer: safeInteger,
  })
  declare id: number;

  @Column('text')
  declare title: string;

  @Column('text')
  declare author: string;

  @Column('text')
  declare intro: string;
}
