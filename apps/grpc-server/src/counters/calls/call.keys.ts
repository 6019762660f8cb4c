import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { type CallKey, callKeyOf } from './call-key.js';
import { SHARDS } from '../counter.key.js';
import { type CountersConfig, countersConfig } from '../counters.config.js';

/** How long an attempt is kept, in milliseconds: longer than callers repeat their own calls. */
export const ATTEMPT_RETENTION_MS = 20_000;

/** How many attempts a generation of a shard holds: about 3 MB. With more of them, older ones are dropped earlier. */
const ATTEMPTS_HELD = 20_000;

/** The keys that a call may carry. */
export interface KeyedRequest {
  idempotencyKey: string;
  /** Without `idempotencyKey`: names the call for repetitions by its caller. */
  attemptKey: string;
}

/** The keys of calls, with the rules of the table that each belongs to. */
@Injectable()
export class CallKeys {
  constructor(@InjectConfig(countersConfig) private readonly config: ConfigHandle<CountersConfig>) {}

  /** The key of a call; undefined without one. */
  of({ idempotencyKey, attemptKey }: KeyedRequest): CallKey | undefined {
    const key = idempotencyKey || attemptKey;
    if (key === '') return undefined;
    const { idempotencyRetention, maxIdempotencyResults, clockSkew: clockSkewMs } = this.config.current;
    if (idempotencyKey === '')
      return callKeyOf(key, 'attempts', {
        tableSize: ATTEMPTS_HELD,
        clockSkewMs,
        retentionMs: ATTEMPT_RETENTION_MS,
      });
    return callKeyOf(key, 'keys', {
      // Two generations share the limit.
      tableSize: Math.ceil(maxIdempotencyResults / SHARDS / 2),
      clockSkewMs,
      retentionMs: idempotencyRetention,
    });
  }
}
