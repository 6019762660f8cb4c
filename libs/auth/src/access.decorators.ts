import { SetMetadata } from '@nestjs/common';

/** The access rule of a route. A route without a rule requires a signed-in user. */
export interface Access {
  kind: 'public' | 'public-in-development' | 'development-only' | 'signed-in' | 'self';
  /** The user needs one of them; an empty list requires no role. */
  roles: readonly string[];
}

export const ACCESS = Symbol('access');
export const DEFAULT_ACCESS: Access = { kind: 'signed-in', roles: [] };

/** For anyone. */
export const Public = () => SetMetadata(ACCESS, { kind: 'public', roles: [] } satisfies Access);

/** For anyone in development (`auth.open_in_development`), else for signed-in users with one of the roles. */
export const PublicInDevelopment = (...roles: string[]) =>
  SetMetadata(ACCESS, { kind: 'public-in-development', roles } satisfies Access);

/** For signed-in users with one of the roles. */
export const Roles = (...roles: string[]) =>
  SetMetadata(ACCESS, { kind: 'signed-in', roles } satisfies Access);

/** For the user with the route's `:id` (`me` is the caller), and for users with one of the roles. */
export const SelfOr = (...roles: string[]) => SetMetadata(ACCESS, { kind: 'self', roles } satisfies Access);

/** For anyone in development; elsewhere the route does not exist. */
export const DevelopmentOnly = () =>
  SetMetadata(ACCESS, { kind: 'development-only', roles: [] } satisfies Access);
