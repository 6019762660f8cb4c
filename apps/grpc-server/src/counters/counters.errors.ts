import { AppError, Status } from '@app/errors';
import type { CounterKey } from './counter.key.js';

export abstract class CounterError extends AppError {}

/** The increment would exceed ±(2^53-1). The counter was not changed. */
export class CounterOverflowError extends CounterError {
  static of({ resourceId, counterType }: CounterKey): CounterOverflowError {
    return new CounterOverflowError({
      reason: 'COUNTER_OVERFLOW',
      status: Status.ABORTED,
      message: 'The counter would exceed the range of ±(2^53-1). It was not changed.',
      details: { resource_id: resourceId, counter_type: counterType },
    });
  }
}

/** Redis lost or changed its data several times while a shard was being restored. */
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

/** The key was used with other increments before; nothing was counted. */
export class IdempotencyKeyReusedError extends CounterError {
  static create(): IdempotencyKeyReusedError {
    return new IdempotencyKeyReusedError({
      reason: 'IDEMPOTENCY_KEY_REUSED',
      status: Status.UNPROCESSABLE,
      message:
        'This idempotency key was used with other increments before. Send a new key with new increments.',
    });
  }
}

/**
 * The increments may have been counted under their key before, but Redis no longer has the key: it has lost its data,
 * or dropped the key because of many newer ones. They were not counted now.
 */
export class IncrementOutcomeUnknownError extends CounterError {
  /** @param newKeysFrom a UUIDv7 that is created from this time on is certainly new */
  static of(newKeysFrom: Date): IncrementOutcomeUnknownError {
    return new IncrementOutcomeUnknownError({
      reason: 'OUTCOME_UNKNOWN',
      status: Status.UNAVAILABLE,
      logLevel: 'debug',
      // Redis answers, and the next key is new, so a circuit should not open.
      countsAsFailure: false,
      retryAfterMs: 1000,
      message:
        'This may have been counted before: the record of its key is lost. It was not counted now. ' +
        'Read the counter; to count again, send another key.',
      details: { outcome: 'unknown', new_keys_from: newKeysFrom.toISOString() },
    });
  }
}
