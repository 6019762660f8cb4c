import { safeInteger } from '@app/postgres';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A row of `user_account`. */
@Entity('user_account')
// On lower(email), which a decorator cannot express: the migration creates it, and db:generate ignores it.
@Index('user_account_email', { synchronize: false })
export class UserEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'user_account_pkey' })
  declare id: string;

  @Column('text')
  declare email: string;

  @Column('text')
  declare name: string;

  @Column('text', { array: true })
  declare roles: string[];

  /** A PHC string. Reads do not select it. */
  @Column('text', { name: 'password_hash', select: false })
  declare passwordHash: string;

  /** Each update adds one. Not a VersionColumn, because TypeORM makes that an integer. */
  @Column('bigint', { default: 1, transformer: safeInteger })
  declare version: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  declare createdAt: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  declare updatedAt: Date;
}
