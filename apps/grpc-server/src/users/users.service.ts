import type {
  CreateUserRequest,
  DeleteUserRequest,
  ListUsersRequest,
  ListUsersResponse,
  UpdateUserRequest,
  User,
} from '@app/contracts';
import { uuidV7 } from '@app/ids';
import { EventOutbox } from '@app/messaging';
import { keysetPage, Transactional, uuidCursor } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { PasswordHasher } from './password.hasher.js';
import { type NewUser, UserStore } from './user.store.js';
import { UserChangedError, UserNotFoundError } from './users.errors.js';
import { userRegistered } from './users.events.js';

/** The roles of a user who registers. */
const INITIAL_ROLES = ['user'];

/**
 * Users. A version that the caller names is compared in the statement that changes the row, so that only one of
 * several writers succeeds.
 */
@Injectable()
export class UsersService {
  constructor(
    private readonly store: UserStore,
    private readonly passwords: PasswordHasher,
    private readonly outbox: EventOutbox,
  ) {}

  /** @throws EmailTakenError */
  async create({ email, name, password }: CreateUserRequest): Promise<User> {
    const passwordHash = await this.passwords.hash(password);
    return this.register({ email, name, roles: INITIAL_ROLES, passwordHash });
  }

  /** @throws UserNotFoundError */
  async get(id: string): Promise<User> {
    const user = await this.store.find(id);
    if (!user) throw UserNotFoundError.of(id);
    return user;
  }

  /** @throws ValidationFailedError for a cursor that this list did not return */
  list(request: ListUsersRequest): Promise<ListUsersResponse> {
    return keysetPage(request, {
      codec: uuidCursor,
      keyOf: ({ id }) => id,
      read: (limit, after) => this.store.list(limit, after),
    });
  }

  /**
   * @throws UserNotFoundError
   * @throws UserChangedError when it is of none of the expected versions
   * @throws EmailTakenError
   */
  async update({ id, expectedVersions, ...changes }: UpdateUserRequest): Promise<User> {
    const { email, name, roles, password } = changes;
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password);
    const user = await this.store.update(id, expectedVersions, {
      email,
      name,
      roles: roles?.names,
      passwordHash,
    });
    return user ?? this.refuse(id);
  }

  /**
   * @throws UserNotFoundError
   * @throws UserChangedError when it is of none of the expected versions
   */
  async remove({ id, expectedVersions }: DeleteUserRequest): Promise<User> {
    return (await this.store.remove(id, expectedVersions)) ?? this.refuse(id);
  }

  private async refuse(id: string): Promise<never> {
    const { version } = await this.get(id);
    throw UserChangedError.to(version);
  }

  /** The hash is computed before, so that no transaction waits for it. */
  @Transactional()
  private async register(user: Omit<NewUser, 'id'>): Promise<User> {
    // The id is made last: the shorter the time until the row is visible, the fewer rows a concurrent reader of the
    // list skips.
    const registered = await this.store.insert({ id: uuidV7(), ...user });
    await this.outbox.add(userRegistered(registered));
    return registered;
  }
}
