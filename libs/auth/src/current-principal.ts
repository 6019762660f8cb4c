import { type Principal, RequestContext } from '@app/context';
import { DEFAULT_ACCESS } from './access.decorators.js';
import { UnauthenticatedError } from './auth.errors.js';
import { ME, requireAccess } from './require-access.js';

/** Who is asking. @throws UnauthenticatedError where nobody has signed in */
export function currentPrincipal(): Principal {
  const principal = RequestContext.current()?.principal;
  if (!principal) throw UnauthenticatedError.create();
  return principal;
}

/** For what a route that is open to more does for these roles alone. @throws PermissionDeniedError */
export function requireRole(...roles: string[]): void {
  requireAccess(currentPrincipal(), { ...DEFAULT_ACCESS, roles });
}

/** Whom the `:id` of a route means: `me` is whoever asks. */
export function subjectOf(id: string): string {
  return id === ME ? currentPrincipal().id : id;
}
