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

/** No version that the request names can be one of ours. */
export class UnknownVersionError extends UsersError {
  static in(ifMatch: string): UnknownVersionError {
    return new UnknownVersionError({
      reason: 'PRECONDITION_FAILED',
      status: Status.FAILED_PRECONDITION,
      message: 'If-Match names no version of a user. Send the ETag as it came.',
      details: { if_match: ifMatch.slice(0, 100) },
    });
  }
}
