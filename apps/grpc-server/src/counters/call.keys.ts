import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { type CallKey, timeOfKey } from './call-key.js';
import { SHARDS } from './counter.key.js';
import { type CountersConfig, countersConfig } from './counters.config.js';

/** How long an attempt is kept, in milliseconds: longer than anybody repeats a call of their own. */
export const ATTEMPT_RETENTION_MS = 20_000;

/** How many results of attempts a generation of a shard has: 20 s of 5,000 increments a second, about 5 MB. */
const ATTEMPT_RESULTS = 100_000;

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
    const { idempotencyRetention, maxIdempotencyResults, clockSkew } = this.config.current;
    const rules =
      idempotencyKey === ''
        ? { table: 'attempts' as const, retentionMs: ATTEMPT_RETENTION_MS, tableSize: ATTEMPT_RESULTS }
        : {
            table: 'keys' as const,
            retentionMs: idempotencyRetention,
            tableSize: Math.ceil(maxIdempotencyResults / SHARDS / 2),
          };
    return { key, madeAt: timeOfKey(key), clockSkewMs: clockSkew, ...rules };
  }
}
