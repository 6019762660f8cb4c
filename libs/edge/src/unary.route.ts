import type { Principal } from '@app/context';
import { JSON_TYPE, strongEntityTag } from '@app/http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { InterceptorsConsumer } from '@nestjs/core/internal';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isObservable, lastValueFrom } from 'rxjs';
import { parseExactly } from './exact.json.js';
import { replyFormat } from './reply.format.js';
import { fail, type RouteParts } from './route.parts.js';
import { isNotModified, mayHaveConditions, VersionConditions } from './version.conditions.js';

const OK = 200;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;

/** Answers the requests of one route with one message. */
export class UnaryRoute {
  private readonly conditions: VersionConditions | undefined;
  private readonly consumer = new InterceptorsConsumer();

  constructor(
    private readonly parts: RouteParts,
    private readonly adapter: AbstractHttpAdapter,
  ) {
    const { method } = parts;
    const { condition } = method.endpoint;
    if (condition && method.readVersion)
      this.conditions = new VersionConditions(method.readVersion, condition.expect);
  }

  /** The handler for Fastify. It returns nothing, because Fastify would add promises to a returned one. */
  readonly handle = (request: FastifyRequest, reply: FastifyReply): void => {
    if (this.parts.interceptors.length === 0) void this.answer(request, reply);
    else void this.answerThroughInterceptors(request, reply);
  };

  /** The path of most requests. Without guards of the team, its only promises are its own and that of the call. */
  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { gate, reader, method, variables } = this.parts;
    try {
      variables?.assignTo(request);
      const caller = gate.hasGuards ? await gate.admit(request, reply) : gate.check(request);
      const message = reader.read(request, caller);
      if (this.conditions && mayHaveConditions(request)) await this.conditions.apply(request, message);
      const response = await method.call(message);
      if (method.endpoint.status !== OK) void reply.code(method.endpoint.status);
      const text = this.textOf(request, reply, response);
      if (text !== undefined) void reply.header('content-type', JSON_TYPE);
      void reply.send(text);
    } catch (error) {
      fail(reply, error);
    }
  }

  private async answerThroughInterceptors(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { gate, method, interceptors, target, variables } = this.parts;
    try {
      variables?.assignTo(request);
      const caller = await gate.admit(request, reply);
      void reply.code(method.endpoint.status);
      const result: unknown = await this.consumer.intercept(
        interceptors,
        [request, reply],
        target.instance,
        target.callback,
        () => this.resultOf(request, reply, caller),
        'http',
      );
      const body: unknown = isObservable(result) ? await lastValueFrom(result) : result;
      // An interceptor that wraps replies also wraps the missing one of a 304.
      this.adapter.reply(reply, reply.statusCode === NOT_MODIFIED ? undefined : body);
    } catch (error) {
      fail(reply, error);
    }
  }

  /** The JSON of the reply as an object, which interceptors may change. */
  private async resultOf(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Principal | undefined,
  ): Promise<unknown> {
    const message = this.parts.reader.read(request, caller);
    if (this.conditions && mayHaveConditions(request)) await this.conditions.apply(request, message);
    const text = this.textOf(request, reply, await this.parts.method.call(message));
    return text === undefined ? undefined : parseExactly(text);
  }

  /** Sets the headers of a reply. @returns its JSON; undefined when it has no body */
  private textOf(request: FastifyRequest, reply: FastifyReply, response: unknown): string | undefined {
    const { route, base, method } = this.parts;
    const { version, location, status } = method.endpoint;
    if (version) {
      const etag = strongEntityTag(version(response));
      const isSafe = route.method === 'GET';
      const isKnown = isSafe && mayHaveConditions(request) && isNotModified(request, etag);
      void reply.header('etag', etag);
      if (isKnown) {
        void reply.code(NOT_MODIFIED);
        return undefined;
      }
    }
    if (location) void reply.header('location', base + location(response));
    return status === NO_CONTENT ? undefined : route.write(response, replyFormat);
  }
}
