import { AppError, Status } from '@app/errors';

export abstract class AuthError extends AppError {}

/** The token is missing or invalid. */
export class UnauthenticatedError extends AuthError {
  static create(): UnauthenticatedError {
    return new UnauthenticatedError({
      reason: 'UNAUTHENTICATED',
      status: Status.UNAUTHENTICATED,
      message: 'This needs a valid token: send it as "Authorization: Bearer <token>".',
    });
  }
}

/** The user does not have the required role. */
export class PermissionDeniedError extends AuthError {
  static needs(roles: readonly string[]): PermissionDeniedError {
    return new PermissionDeniedError({
      reason: 'PERMISSION_DENIED',
      status: Status.PERMISSION_DENIED,
      message: `This needs the role ${roles.join(' or ')}.`,
    });
  }
}

/** The caller's token is valid, but does not belong to a user. */
export class NotAUserError extends AuthError {
  static of(principal: string): NotAUserError {
    return new NotAUserError({
      reason: 'USER_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'Your token does not belong to a user. Use the id of a user instead of me.',
      details: { principal },
    });
  }
}
