import { AppError, Status } from '@app/errors';

export abstract class UsersError extends AppError {}

/** The caller's token is valid, but does not belong to a user. */
export class NotAUserError extends UsersError {
  static of(principal: string): NotAUserError {
    return new NotAUserError({
      reason: 'USER_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'Your token does not belong to a user. Use the id of a user instead of me.',
      details: { principal },
    });
  }
}
