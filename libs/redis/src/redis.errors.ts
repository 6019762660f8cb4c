import { AppError, outcomeUnknown, Status } from '@app/errors';

export abstract class RedisError extends AppError {}

/** Redis is unavailable. `outcome` is `unknown` when a command was sent and not answered. */
export class RedisUnavailableError extends RedisError {
  /**
   * The command was not executed: there is no connection, or Redis replied that it cannot serve it for now because it
   * is a replica, full or loading.
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
   * The command was sent and not answered: it timed out, or the connection was lost. It may have been executed
   * (`OUTCOME_UNKNOWN`).
   */
  static unanswered(cause: unknown): RedisUnavailableError {
    return new RedisUnavailableError(outcomeUnknown('redis', cause));
  }

  /** Redis rejects the login, or the user lacks a permission. */
  static refused(cause: unknown): RedisUnavailableError {
    return new RedisUnavailableError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'error',
      retryable: true,
      retryAfterMs: 1000,
      message:
        'Redis rejects this app. Check the user and password of redis.state.url and the permissions of that user.',
      cause,
      details: { upstream: 'redis' },
    });
  }
}
