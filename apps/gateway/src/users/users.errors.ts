import { AppError, Status } from '@app/errors';

export abstract class UsersError extends AppError {}

/** Who is asking has a token, but is none of the users. */
export class NoUserError extends UsersError {
  static behind(principal: string): NoUserError {
    return new NoUserError({
      reason: 'USER_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'Your token belongs to no user. Name a user by id instead of me.',
      details: { principal },
    });
  }
}
