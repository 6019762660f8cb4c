import type { User } from '@app/contracts';
import { DataError, TransactionHost, UNIQUE_VIOLATION } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { EmailTakenError } from './users.errors.js';

export interface NewUser {
  id: string;
  email: string;
  name: string;
  roles: readonly string[];
  passwordHash: string;
}

export type UserChanges = Partial<Omit<NewUser, 'id'>>;

interface UserRow {
  id: string;
  email: string;
  name: string;
  roles: string[];
  version: string;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = 'id, email, name, roles, version, created_at, updated_at';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Users in PostgreSQL; what it answers never holds the hash of a password. */
@Injectable()
export class UserStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** @throws EmailTakenError */
  async insert({ id, email, name, roles, passwordHash }: NewUser): Promise<User> {
    const [user] = await this.rows(
      `INSERT INTO user_account (id, email, name, roles, password_hash) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT ((lower(email))) DO NOTHING RETURNING ${COLUMNS}`,
      [id, email, name, roles, passwordHash],
    );
    if (!user) throw EmailTakenError.create();
    return user;
  }

  async find(id: string): Promise<User | undefined> {
    const [user] = await this.rows(`SELECT ${COLUMNS} FROM user_account WHERE id = $1`, [id]);
    return user;
  }

  /** Those behind `after` in the order of their ids, which is that of their creation. */
  list(limit: number, after = BEFORE_ALL): Promise<User[]> {
    return this.rows(`SELECT ${COLUMNS} FROM user_account WHERE id > $1 ORDER BY id LIMIT $2`, [
      after,
      limit,
    ]);
  }

  /**
   * Undefined when there is none with the id and one of the versions.
   *
   * @param versions none: whatever it is
   * @throws EmailTakenError
   */
  async update(id: string, versions: readonly number[], changes: UserChanges): Promise<User | undefined> {
    const { email, name, roles, passwordHash } = changes;
    try {
      const [user] = await this.rows(
        `UPDATE user_account
            SET email = coalesce($3, email), name = coalesce($4, name), roles = coalesce($5, roles),
                password_hash = coalesce($6, password_hash), version = version + 1, updated_at = now()
          WHERE id = $1 AND (cardinality($2::bigint[]) = 0 OR version = ANY ($2)) RETURNING ${COLUMNS}`,
        [id, versions, email, name, roles, passwordHash],
      );
      return user;
    } catch (error) {
      throw isUniqueViolation(error) ? EmailTakenError.create() : error;
    }
  }

  /** As `update`. */
  async remove(id: string, versions: readonly number[]): Promise<User | undefined> {
    const [user] = await this.rows(
      `DELETE FROM user_account
        WHERE id = $1 AND (cardinality($2::bigint[]) = 0 OR version = ANY ($2)) RETURNING ${COLUMNS}`,
      [id, versions],
    );
    return user;
  }

  private async rows(sql: string, parameters: readonly unknown[]): Promise<User[]> {
    return (await this.transactions.query<UserRow>(sql, parameters)).map(toUser);
  }
}

function toUser({ created_at: createdAt, updated_at: updatedAt, version, ...row }: UserRow): User {
  return { ...row, createdAt, updatedAt, version: Number(version) };
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof DataError && error.sqlState === UNIQUE_VIOLATION;
}
