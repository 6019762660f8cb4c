import type { Principal } from '@app/context';
import type { Access } from './access.decorators.js';
import { PermissionDeniedError } from './auth.errors.js';

/** What `:id` says instead of the id of whoever asks. */
export const ME = 'me';

/**
 * Checks what a route asks of who is signed in.
 *
 * @param subject whom the route's `:id` names
 * @throws PermissionDeniedError
 */
export function requireAccess(principal: Principal, { kind, roles }: Access, subject?: string): void {
  if (kind === 'self' && (subject === ME || subject === principal.id)) return;
  if (kind !== 'self' && roles.length === 0) return;
  if (!roles.some((role) => principal.roles.includes(role))) throw PermissionDeniedError.needs(roles);
}
