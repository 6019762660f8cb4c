import { AppError, Status } from '@app/errors';

export abstract class UsersError extends AppError {}

/** A user with this address exists already, in any case. */
export class EmailTakenError extends UsersError {
  static create(): EmailTakenError {
    return new EmailTakenError({
      reason: 'EMAIL_TAKEN',
      status: Status.ALREADY_EXISTS,
      message: 'There is a user with this e-mail address already. Sign in, or use another address.',
    });
  }
}

/** No user has this id. */
export class UserNotFoundError extends UsersError {
  static of(id: string): UserNotFoundError {
    return new UserNotFoundError({
      reason: 'USER_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'There is no user with this id.',
      details: { id },
    });
  }
}

/** The user has another version than the caller expects; nothing was changed. */
export class UserChangedError extends UsersError {
  static to(version: number): UserChangedError {
    return new UserChangedError({
      reason: 'PRECONDITION_FAILED',
      status: Status.FAILED_PRECONDITION,
      message: 'The user has changed in the meantime. Read it again, and decide again.',
      details: { version },
    });
  }
}
