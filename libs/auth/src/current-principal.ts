import { type Principal, RequestContext } from '@app/context';
import { DEFAULT_ACCESS } from './access.decorators.js';
import { UnauthenticatedError } from './auth.errors.js';
import { ME, requireAccess } from './require-access.js';

/** The authenticated caller. @throws UnauthenticatedError when the request is not authenticated */
export function currentPrincipal(): Principal {
  const principal = RequestContext.current()?.principal;
  if (!principal) throw UnauthenticatedError.create();
  return principal;
}

/**
 * For an operation that needs one of these roles, in a route that is open to more users.
 *
 * @throws PermissionDeniedError
 */
export function requireRole(...roles: string[]): void {
  requireAccess(currentPrincipal(), { ...DEFAULT_ACCESS, roles });
}

/** The user id that a route's `:id` stands for: `me` is the caller. */
export function subjectOf(id: string): string {
  return id === ME ? currentPrincipal().id : id;
}
