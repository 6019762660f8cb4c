import { AppError, Status } from '@app/errors';

export abstract class RedisError extends AppError {}

/** Redis cannot serve anybody. */
export class RedisUnavailableError extends RedisError {
  /**
   * It did not answer in time or the connection is gone, and the command may have been carried out; or it answers that
   * it can do nothing of the kind for now: a replica, full, loading.
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
