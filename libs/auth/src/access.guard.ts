import { type ConfigHandle, InjectConfig } from '@app/config';
import { type Principal, RequestContext } from '@app/context';
import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Access, ACCESS, DEFAULT_ACCESS } from './access.decorators.js';
import { type AuthConfig, authConfig } from './auth.config.js';
import { UnauthenticatedError } from './auth.errors.js';
import { bearerToken, sameToken } from './bearer-token.js';
import { requireAccess } from './require-access.js';

interface GuardedRequest {
  headers: { authorization?: string };
  params?: { id?: string };
}

const ADMIN: Principal = { id: 'admin', roles: ['admin'] };

/** Accepts a request if its route's access rule allows it, and sets the principal in the context. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @InjectConfig(authConfig) private readonly config: ConfigHandle<AuthConfig>,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    if (execution.getType() !== 'http') return true;
    const targets = [execution.getHandler(), execution.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets) ?? DEFAULT_ACCESS;
    const request = execution.switchToHttp().getRequest<GuardedRequest>();
    const principal = this.principalOf(request.headers.authorization);
    const context = RequestContext.current();
    if (context) context.principal = principal;
    if (this.isOpen(access)) return true;
    if (access.kind === 'development-only') throw new NotFoundException();
    if (!principal) throw UnauthenticatedError.create();
    requireAccess(principal, access, request.params?.id);
    return true;
  }

  private isOpen({ kind }: Access): boolean {
    if (kind === 'public') return true;
    const inDevelopment = kind === 'public-in-development' || kind === 'development-only';
    return inDevelopment && this.config.current.openInDevelopment;
  }

  private principalOf(authorization: string | undefined): Principal | undefined {
    const token = bearerToken(authorization);
    const { adminToken } = this.config.current;
    return token && adminToken && sameToken(token, adminToken.reveal()) ? ADMIN : undefined;
  }
}
