import { type AccessControl, AccessGuard } from '@app/auth';
import { type Principal, RequestContext } from '@app/context';
import type { HttpEndpoint } from '@app/contracts';
import { type CanActivate, type ExecutionContext, ForbiddenException } from '@nestjs/common';
import { FORBIDDEN_MESSAGE, GuardsConsumer } from '@nestjs/core/internal';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HandlerTarget } from './handler.target.js';

/** Admits requests to a route: by its access rule, and by the global guards of the team. */
export class Gate {
  /** Undefined when the access rule is the only guard. Then no `ExecutionContext` is created. */
  private readonly guards: CanActivate[] | undefined;
  private readonly consumer = new GuardsConsumer();

  constructor(
    private readonly endpoint: HttpEndpoint,
    private readonly target: HandlerTarget,
    private readonly control: AccessControl,
    guards: readonly CanActivate[],
  ) {
    const own = { canActivate: (execution: ExecutionContext) => this.canActivate(execution) };
    const all = guards.map((guard) => (guard instanceof AccessGuard ? own : guard));
    // Without the guard of `@app/auth` the rule is checked last.
    if (!all.includes(own)) all.push(own);
    this.guards = all.length > 1 ? all : undefined;
  }

  /** Whether the team has guards. Then `check` is not enough. */
  get hasGuards(): boolean {
    return this.guards !== undefined;
  }

  /** Checks the access rule. @returns the signed-in user */
  check({ headers, params }: FastifyRequest): Principal | undefined {
    const { access, me } = this.endpoint;
    const subject = me === undefined ? undefined : (params as Record<string, string>)[me];
    return this.control.check(access, headers.authorization, subject);
  }

  /** Runs all guards. @returns the signed-in user, whom a guard of the team may have replaced */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<Principal | undefined> {
    if (!this.guards) return this.check(request);
    const { instance, callback } = this.target;
    const isAdmitted = await this.consumer.tryActivate(
      this.guards,
      [request, reply],
      instance,
      callback,
      'http',
    );
    if (!isAdmitted) throw new ForbiddenException(FORBIDDEN_MESSAGE);
    return RequestContext.current()?.principal;
  }

  private canActivate(execution: ExecutionContext): boolean {
    this.check(execution.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
