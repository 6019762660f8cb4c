import { Status } from '@app/errors';
import { RedisError } from '../redis.errors.js';

/** The namespace is already open. Two owners of one name would read each other's values. A programming error. */
export class CacheNamespaceTakenError extends RedisError {
  static of(name: string): CacheNamespaceTakenError {
    return new CacheNamespaceTakenError({
      reason: 'INTERNAL',
      status: Status.INTERNAL,
      message: `The cache namespace ${name} is open already. Open it once and share it, or choose another name.`,
    });
  }
}
