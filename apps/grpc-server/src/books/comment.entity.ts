import { safeInteger } from '@app/postgres';
import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BookEntity } from './book.entity.js';

/** A row of `book_comment`. */
@Entity('book_comment')
@Index('book_comment_newest', ['bookId', 'id'])
export class CommentEntity {
  @PrimaryColumn('bigint', {
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'book_comment_pkey',
    transformer: safeInteger,
  })
  declare id: number;

  @Column('bigint', { name: 'book_id', transformer: safeInteger })
  @ForeignKey(() => BookEntity, { name: 'book_comment_book_id_fkey', onDelete: 'CASCADE' })
  declare bookId: number;

  @Column('text')
  declare author: string;

  @Column('text')
  declare content: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  declare createdAt: Date;
}
