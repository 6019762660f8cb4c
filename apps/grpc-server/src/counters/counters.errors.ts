import { AppError, Status } from '@app/errors';
import type { CounterKey } from './counter.key.js';

export abstract class CounterError extends AppError {}

/** The counter would leave ±(2^53-1); it was left as it is. */
export class CounterOverflowError extends CounterError {
  static of({ resourceId, counterType }: CounterKey): CounterOverflowError {
    return new CounterOverflowError({
      reason: 'COUNTER_OVERFLOW',
      status: Status.ABORTED,
      message: 'The counter would leave the range of ±(2^53-1). It was not changed.',
      details: { resource_id: resourceId, counter_type: counterType },
    });
  }
}

/** Redis lost or changed its data again and again while a shard was being restored. */
export class CounterUnsettledError extends CounterError {
  static of(shard: number): CounterUnsettledError {
    return new CounterUnsettledError({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: Status.UNAVAILABLE,
      logLevel: 'warn',
      retryable: true,
      retryAfterMs: 1000,
      message: 'The counters are being restored. Try again shortly.',
      details: { shard },
    });
  }
}
