import { type ConfigHandle, InjectConfig } from '@app/config';
import { type Principal, RequestContext } from '@app/context';
import { Injectable, NotFoundException } from '@nestjs/common';
import type { Access } from './access.decorators.js';
import { type AuthConfig, authConfig } from './auth.config.js';
import { UnauthenticatedError } from './auth.errors.js';
import { bearerToken, sameToken } from './bearer-token.js';
import { requireAccess } from './require-access.js';

const ADMIN: Principal = { id: 'admin', roles: ['admin'] };

/** Checks the access rules of HTTP routes, for the guard of the controllers and for generated routes. */
@Injectable()
export class AccessControl {
  constructor(@InjectConfig(authConfig) private readonly config: ConfigHandle<AuthConfig>) {}

  /**
   * Checks a request against the access rule of its route, and sets the principal in the context.
   *
   * @param authorization the header of that name
   * @param subject the user whom the path names, for `self`
   * @returns the signed-in user; undefined for a caller without a valid token
   * @throws UnauthenticatedError, PermissionDeniedError, or a 404 for a route of development elsewhere
   */
  check(access: Access, authorization: string | undefined, subject?: string): Principal | undefined {
    const principal = this.principalOf(authorization);
    const context = RequestContext.current();
    if (context) context.principal = principal;
    if (this.isOpen(access)) return principal;
    if (access.kind === 'development-only') throw new NotFoundException();
    if (!principal) throw UnauthenticatedError.create();
    requireAccess(principal, access, subject);
    return principal;
  }

  private isOpen({ kind }: Access): boolean {
    if (kind === 'public') return true;
    const inDevelopment = kind === 'public-in-development' || kind === 'development-only';
    return inDevelopment && this.config.current.openInDevelopment;
  }

  private principalOf(authorization: string | undefined): Principal | undefined {
    if (authorization === undefined) return undefined;
    const token = bearerToken(authorization);
    const { adminToken } = this.config.current;
    return token && adminToken && sameToken(token, adminToken.reveal()) ? ADMIN : undefined;
  }
}
