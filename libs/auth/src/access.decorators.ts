import { SetMetadata } from '@nestjs/common';

/** Who may use a route. A route that says nothing is for anybody who is signed in. */
export interface Access {
  kind: 'public' | 'public-in-development' | 'development-only' | 'signed-in' | 'self';
  /** One of them is needed; none: any will do. */
  roles: readonly string[];
}

export const ACCESS = Symbol('access');
export const DEFAULT_ACCESS: Access = { kind: 'signed-in', roles: [] };

/** For everybody. */
export const Public = () => SetMetadata(ACCESS, { kind: 'public', roles: [] } satisfies Access);

/** For everybody in development (`auth.open_in_development`), else for who is signed in and has one of the roles. */
export const PublicInDevelopment = (...roles: string[]) =>
  SetMetadata(ACCESS, { kind: 'public-in-development', roles } satisfies Access);

/** For who is signed in and has one of the roles. */
export const Roles = (...roles: string[]) =>
  SetMetadata(ACCESS, { kind: 'signed-in', roles } satisfies Access);

/** For the user whom the route's `:id` names, `me` being whoever asks, and for who has one of the roles. */
export const SelfOr = (...roles: string[]) => SetMetadata(ACCESS, { kind: 'self', roles } satisfies Access);

/** For everybody in development; elsewhere it is as if the route did not exist. */
export const DevelopmentOnly = () =>
  SetMetadata(ACCESS, { kind: 'development-only', roles: [] } satisfies Access);
