import { NotAUserError, Public, requireRole, Roles, SelfOr, subjectOf } from '@app/auth';
import { User, UsersServiceClient } from '@app/contracts';
import { evaluateConditions, hasConditions, readConditions, strongEntityTag } from '@app/http';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
    void reply.headers({ location: `/api/v1/users/${user.id}`, etag: strongEntityTag(user.version) });
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
    @Req() { method, raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const user = await this.users.get({ id: idOf(params) });
    const outcome = evaluateConditions(method, readConditions(raw), { etag: strongEntityTag(user.version) });
    void reply.header('etag', strongEntityTag(user.version));
    if (outcome === 'perform') return User.toJSON(user);
    void reply.status(NOT_MODIFIED);
    return undefined;
  }

  @SelfOr('admin')
  @Patch('api/v1/users/:id')
  async update(
    @Param({ schema: userParams }) params: UserParams,
    @Body({ schema: updateUser }) { roles, ...changes }: UpdateUserBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    if (roles) requireRole('admin');
    const id = idOf(params);
    const expectedVersions = await this.expectedVersions(id, request);
    const user = await this.users.update({
      ...changes,
      id,
      roles: roles && { names: roles },
      expectedVersions,
    });
    void reply.header('etag', strongEntityTag(user.version));
    return User.toJSON(user);
  }

  @SelfOr('admin')
  @Delete('api/v1/users/:id')
  @HttpCode(204)
  async delete(
    @Param({ schema: userParams }) params: UserParams,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const id = idOf(params);
    await this.users.delete({ id, expectedVersions: await this.expectedVersions(id, request) });
  }

  /**
   * The version that the conditions of a request require; empty when any version is acceptable. The service compares
   * it again in its transaction, so that only one of several clients with the same condition succeeds.
   */
  private async expectedVersions(id: string, { method, raw }: FastifyRequest): Promise<number[]> {
    const conditions = readConditions(raw);
    if (!hasConditions(conditions)) return [];
    const user = await this.users.get({ id });
    evaluateConditions(method, conditions, { etag: strongEntityTag(user.version) });
    const namesVersions = [conditions.ifMatch, conditions.ifNoneMatch].some((tags) => Array.isArray(tags));
    return namesVersions ? [user.version] : [];
  }
}

/** @throws NotAUserError for the token of an operator or an app, which are not users */
function idOf({ id }: UserParams): string {
  const subject = subjectOf(id);
  if (!userId.safeParse(subject).success) throw NotAUserError.of(subject);
  return subject;
}
