import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { type CallKey, callKeyOf } from './call-key.js';
import { SHARDS } from '../counter.key.js';
import { type CountersConfig, countersConfig } from '../counters.config.js';

/** How long an attempt is kept, in milliseconds: longer than anybody repeats a call of their own. */
export const ATTEMPT_RETENTION_MS = 20_000;

/** How many attempts a generation of a shard has: about 3 MB; more of them come and go earlier. */
const ATTEMPTS_HELD = 20_000;

/** What calls may carry to be recognized. */
export interface KeyedRequest {
  idempotencyKey: string;
  /** Without `idempotencyKey`: names the call for repetitions by its caller. */
  attemptKey: string;
}

/** The keys of calls, with the rules of the table that each belongs to. */
@Injectable()
export class CallKeys {
  constructor(@InjectConfig(countersConfig) private readonly config: ConfigHandle<CountersConfig>) {}

  /** Undefined for a call without a key. */
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
      // Two generations share what may be held.
      tableSize: Math.ceil(maxIdempotencyResults / SHARDS / 2),
      clockSkewMs,
      retentionMs: idempotencyRetention,
    });
  }
}
