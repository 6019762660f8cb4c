import { AppError, outcomeUnknown, Status } from '@app/errors';

export abstract class RedisError extends AppError {}

/** Redis cannot serve anybody. `outcome` is `unknown` where a command was sent and not answered. */
export class RedisUnavailableError extends RedisError {
  /**
   * The command was not sent, since there is no connection; or Redis answers that it can do nothing of the kind for now:
   * it is a replica, full, loading. Nothing was done.
   */
  static because(cause: unknown): RedisUnavailableError {
    return new RedisUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: 'Redis is not available at the moment. Try again shortly.',
      cause,
      details: { upstream: 'redis' },
    });
  }

  /**
   * The command was sent, and no answer came: the time was up, or the connection is gone. It may have been carried out
   * (`OUTCOME_UNKNOWN`).
   */
  static unanswered(cause: unknown): RedisUnavailableError {
    return new RedisUnavailableError(outcomeUnknown('redis', cause));
  }

  /** It refuses our login, or what our user may do. */
  static refused(cause: unknown): RedisUnavailableError {
    return new RedisUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'error',
      retryable: true,
      retryAfterMs: 1000,
      message:
        'Redis refuses this app. Check the user and password of redis.state.url and the rights of that user.',
      cause,
      details: { upstream: 'redis' },
    });
  }
}
