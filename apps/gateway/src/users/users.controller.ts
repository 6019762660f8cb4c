import { Public, requireRole, Roles, SelfOr, subjectOf } from '@app/auth';
import { User, UsersServiceClient } from '@app/contracts';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { NoUserError } from './users.errors.js';
import {
  createUser,
  type CreateUserBody,
  updateUser,
  type UpdateUserBody,
  userId,
  userParams,
  type UserParams,
  usersQuery,
  type UsersQuery,
} from './users.schemas.js';
import { expectedVersions, isKnown, tagOf } from './version.tag.js';

const NOT_MODIFIED = 304;

@Controller()
export class UsersController {
  constructor(private readonly users: UsersServiceClient) {}

  @Public()
  @Post('api/v1/users')
  async create(
    @Body({ schema: createUser }) body: CreateUserBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const user = await this.users.create(body);
    void reply.headers({ location: `/api/v1/users/${user.id}`, etag: tagOf(user.version) });
    return User.toJSON(user);
  }

  @Roles('admin')
  @Get(['api/v1/users', 'api/users'])
  async list(@Query({ schema: usersQuery }) query: UsersQuery): Promise<unknown> {
    const { items, nextCursor } = await this.users.list(query);
    return { items: items.map((user) => User.toJSON(user)), next_cursor: nextCursor ?? null };
  }

  @SelfOr('admin')
  @Get('api/v1/users/:id')
  async get(
    @Param({ schema: userParams }) params: UserParams,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const user = await this.users.get({ id: idOf(params) });
    void reply.header('etag', tagOf(user.version));
    if (!isKnown(user.version, ifNoneMatch)) return User.toJSON(user);
    void reply.status(NOT_MODIFIED);
    return undefined;
  }

  @SelfOr('admin')
  @Patch('api/v1/users/:id')
  async update(
    @Param({ schema: userParams }) params: UserParams,
    @Body({ schema: updateUser }) { roles, ...changes }: UpdateUserBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    if (roles) requireRole('admin');
    const user = await this.users.update({
      ...changes,
      id: idOf(params),
      roles: roles && { names: roles },
      expectedVersions: expectedVersions(ifMatch),
    });
    void reply.header('etag', tagOf(user.version));
    return User.toJSON(user);
  }

  @SelfOr('admin')
  @Delete('api/v1/users/:id')
  @HttpCode(204)
  async delete(
    @Param({ schema: userParams }) params: UserParams,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.users.delete({ id: idOf(params), expectedVersions: expectedVersions(ifMatch) });
  }
}

/** @throws NoUserError for the token of an operator or an app, who are no users */
function idOf({ id }: UserParams): string {
  const subject = subjectOf(id);
  if (!userId.safeParse(subject).success) throw NoUserError.behind(subject);
  return subject;
}
