import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { type CallKey, callKeyOf } from './call-key.js';
import { SHARDS } from '../counter.key.js';
import { type CountersConfig, countersConfig } from '../counters.config.js';

/** How long the result of a call with an attempt key is kept, in milliseconds. Retries by callers end earlier. */
export const ATTEMPT_RETENTION_MS = 20_000;

/**
 * The most attempt keys in one generation of a shard's table, about 3 MB. A full generation is rotated early, so older
 * keys are dropped before their retention ends.
 */
const MAX_ATTEMPTS = 20_000;

/** The two keys that a call may have. Increments with the same key are counted once. */
export interface KeyedRequest {
  /** Set by a client, for repetitions within `counters.idempotency_retention`. */
  idempotencyKey?: string | undefined;
  /** Set by a caller such as the gateway, for its own retries within seconds. Ignored with an `idempotencyKey`. */
  attemptKey: string;
}

/** Reads the key of a call, and selects the table in Redis that stores it: `keys` or `attempts`. */
@Injectable()
export class CallKeys {
  constructor(@InjectConfig(countersConfig) private readonly config: ConfigHandle<CountersConfig>) {}

  /** The key of a call; undefined when the call has none. */
  of({ idempotencyKey, attemptKey }: KeyedRequest): CallKey | undefined {
    const key = idempotencyKey || attemptKey;
    if (key === '') return undefined;
    const { idempotencyRetention, maxIdempotencyResults, clockSkew: clockSkewMs } = this.config.current;
    if (!idempotencyKey)
      return callKeyOf(key, 'attempts', {
        tableSize: MAX_ATTEMPTS,
        clockSkewMs,
        retentionMs: ATTEMPT_RETENTION_MS,
      });
    return callKeyOf(key, 'keys', {
      // The limit covers two generations of the table.
      tableSize: Math.ceil(maxIdempotencyResults / SHARDS / 2),
      clockSkewMs,
      retentionMs: idempotencyRetention,
    });
  }
}
