import { AppError, Status } from '@app/errors';

export abstract class RedisError extends AppError {}

/** Redis did not answer in time, or the connection is gone. The command may have been carried out. */
export class RedisUnavailableError extends RedisError {
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
}
