import { AppError, Status } from '@app/errors';

export abstract class AuthError extends AppError {}

/** Nobody said who is asking, or what was said is not true. */
export class UnauthenticatedError extends AuthError {
  static create(): UnauthenticatedError {
    return new UnauthenticatedError({
      reason: 'UNAUTHENTICATED',
      status: Status.UNAUTHENTICATED,
      message: 'This needs a valid token: send it as "Authorization: Bearer <token>".',
    });
  }
}

/** Who is asking may not. */
export class PermissionDeniedError extends AuthError {
  static needs(roles: readonly string[]): PermissionDeniedError {
    return new PermissionDeniedError({
      reason: 'PERMISSION_DENIED',
      status: Status.PERMISSION_DENIED,
      message: `This needs the role ${roles.join(' or ')}.`,
    });
  }
}
