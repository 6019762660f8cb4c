import type { Principal } from '@app/context';
import type { Access } from './access.decorators.js';
import { PermissionDeniedError } from './auth.errors.js';

/** Value of `:id` that stands for the id of the caller. */
export const ME = 'me';

/**
 * Checks a route's access rule for a signed-in user.
 *
 * @param subject the value of the route's `:id`
 * @throws PermissionDeniedError
 */
export function requireAccess(principal: Principal, { kind, roles }: Access, subject?: string): void {
  if (kind === 'self' && (subject === ME || subject === principal.id)) return;
  if (kind !== 'self' && roles.length === 0) return;
  if (!roles.some((role) => principal.roles.includes(role))) throw PermissionDeniedError.needs(roles);
}
