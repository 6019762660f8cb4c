import type { User } from '@app/contracts';
import { isUniqueViolation, type SqlRow, TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { Any, type FindOptionsWhere, type Repository } from 'typeorm';
import { UserEntity } from './user.entity.js';
import { EmailTakenError } from './users.errors.js';

export interface NewUser {
  id: string;
  email: string;
  name: string;
  roles: readonly string[];
  passwordHash: string;
}

export type UserChanges = Partial<Omit<NewUser, 'id'>>;

const COLUMNS = 'id, email, name, roles, version, created_at, updated_at';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Users in PostgreSQL; no method returns the hash of a password. */
@Injectable()
export class UserStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** @throws EmailTakenError */
  async insert({ id, email, name, roles, passwordHash }: NewUser): Promise<User> {
    const [user] = await this.query(
      `INSERT INTO user_account (id, email, name, roles, password_hash) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT ((lower(email))) DO NOTHING RETURNING ${COLUMNS}`,
      [id, email, name, roles, passwordHash],
    );
    if (!user) throw EmailTakenError.create();
    return user;
  }

  async find(id: string): Promise<User | undefined> {
    const [user] = await this.query(`SELECT ${COLUMNS} FROM user_account WHERE id = $1`, [id]);
    return user;
  }

  /** Lists the users after `after` in the order of their ids, which is the order of their creation. */
  async list(limit: number, after = BEFORE_ALL): Promise<User[]> {
    return this.query(`SELECT ${COLUMNS} FROM user_account WHERE id > $1 ORDER BY id LIMIT $2`, [
      after,
      limit,
    ]);
  }

  /**
   * Updates a user; undefined when no user has the id and one of the versions.
   *
   * @param versions the versions that may be updated; an empty list allows every version
   * @throws EmailTakenError
   */
  async update(
    id: string,
    versions: readonly number[],
    { email, name, roles, passwordHash }: UserChanges,
  ): Promise<User | undefined> {
    const changes = { email, name, roles: roles && [...roles], passwordHash };
    const set = { ...changes, version: () => 'version + 1' };
    try {
      const [user] = this.entities(await this.users.update(oneOf(id, versions), set, { returning: COLUMNS }));
      return user;
    } catch (error) {
      throw isUniqueViolation(error) ? EmailTakenError.create() : error;
    }
  }

  /** Removes a user; undefined as in `update`. */
  async remove(id: string, versions: readonly number[]): Promise<User | undefined> {
    const deletion = this.users.createQueryBuilder().delete().where(oneOf(id, versions));
    const [user] = this.entities(await deletion.returning(COLUMNS).execute());
    return user;
  }

  private async query(sql: string, parameters: readonly unknown[]): Promise<User[]> {
    return this.entities({ raw: await this.transactions.query(sql, parameters) });
  }

  private entities({ raw }: { raw: readonly SqlRow[] }): User[] {
    return this.transactions.entities(UserEntity, raw);
  }

  private get users(): Repository<UserEntity> {
    return this.transactions.repository(UserEntity);
  }
}

function oneOf(id: string, versions: readonly number[]): FindOptionsWhere<UserEntity> {
  return versions.length === 0 ? { id } : { id, version: Any(versions) };
}
