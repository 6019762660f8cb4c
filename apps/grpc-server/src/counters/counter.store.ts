import { InjectRedis, registerScript, RedisUnavailableError } from '@app/redis';
import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SHARDS } from './counter.key.js';
import { BEGIN_EPOCH, INCREMENT, LOAD, READ, SEAL } from './counter.scripts.js';

/** What a script says of one counter. */
export type CounterReply = number | 'MISSING' | 'OVERFLOW';

/** Redis holds another epoch than the caller believes in; nothing was changed. */
export const STALE = 'STALE';

/** What the journal holds that PostgreSQL does not know yet. */
export type SealReply =
  | { state: 'STALE' | 'EMPTY' | 'BEHIND' }
  | { state: 'SEALED'; sequence: number; deltas: ReadonlyMap<string, number> };

/** An epoch's place in Redis. */
export interface ShardState {
  epoch: number | undefined;
  sequence: number;
}

/** The counters in Redis: one call is one script on one shard. @throws RedisUnavailableError */
@Injectable()
export class CounterStore {
  private readonly runIncrement;
  private readonly runRead;
  private readonly runLoad;
  private readonly runSeal;
  private readonly runBeginEpoch;

  constructor(@InjectRedis('state') private readonly redis: Redis) {
    this.runIncrement = registerScript<string[]>(redis, INCREMENT);
    this.runRead = registerScript<string[]>(redis, READ);
    this.runLoad = registerScript<string[]>(redis, LOAD);
    this.runSeal = registerScript<[string, string?, string[]?]>(redis, SEAL);
    this.runBeginEpoch = registerScript<string>(redis, BEGIN_EPOCH);
  }

  /** Adds each delta to its counter and to the journal, in order. */
  async increment(
    shard: number,
    epoch: number,
    items: readonly { field: string; delta: number }[],
  ): Promise<typeof STALE | CounterReply[]> {
    const { values, journal, meta } = keysOf(shard);
    const args: (string | number)[] = [epoch];
    for (const { field, delta } of items) args.push(field, delta);
    return repliesOf(await this.runIncrement([values, journal, meta], args));
  }

  async read(
    shard: number,
    epoch: number,
    fields: readonly string[],
  ): Promise<typeof STALE | CounterReply[]> {
    const { values, meta } = keysOf(shard);
    return repliesOf(await this.runRead([values, meta], [epoch, ...fields]));
  }

  /** Puts in place what PostgreSQL knows; a value that is there already stays. */
  async load(shard: number, epoch: number, counters: ReadonlyMap<string, number>): Promise<void> {
    const { values, meta } = keysOf(shard);
    await this.runLoad([values, meta], [epoch, ...[...counters].flat()]);
  }

  /** Sets the journal aside as the batch after `sequence`, or answers the one that was set aside before. */
  async seal(shard: number, { epoch, sequence }: { epoch: number; sequence: number }): Promise<SealReply> {
    const { journal, sealed, meta } = keysOf(shard);
    const [state, batch, pairs = []] = await this.runSeal([journal, sealed, meta], [epoch, sequence]);
    if (state !== 'SEALED') return { state: state as 'STALE' | 'EMPTY' | 'BEHIND' };
    const deltas = new Map<string, number>();
    for (let index = 0; index < pairs.length; index += 2)
      deltas.set(pairs[index] ?? '', Number(pairs[index + 1]));
    return { state, sequence: Number(batch), deltas };
  }

  /** Begins an epoch: what Redis held of the shard is dropped, and counters are loaded as they are asked for. */
  async beginEpoch(shard: number, epoch: number): Promise<number> {
    const { values, journal, sealed, meta } = keysOf(shard);
    return Number(await this.runBeginEpoch([values, journal, sealed, meta], [epoch]));
  }

  async stateOf(shard: number): Promise<ShardState> {
    const [epoch, sequence] = await this.answered(() =>
      this.redis.hmget(keysOf(shard).meta, 'epoch', 'sequence'),
    );
    return { epoch: epoch ? Number(epoch) : undefined, sequence: Number(sequence ?? 0) };
  }

  /** How many counters have deltas that PostgreSQL does not know yet. */
  async pending(): Promise<number> {
    const pipeline = this.redis.pipeline();
    for (let shard = 0; shard < SHARDS; shard++) {
      const { journal, sealed } = keysOf(shard);
      pipeline.hlen(journal).hlen(sealed);
    }
    const replies = (await this.answered(() => pipeline.exec())) ?? [];
    return replies.reduce((sum, [, length]) => sum + Number(length), 0);
  }

  private async answered<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      throw RedisUnavailableError.because(error);
    }
  }
}

function repliesOf([state, ...replies]: readonly string[]): typeof STALE | CounterReply[] {
  if (state === STALE) return STALE;
  return replies.map((reply) => (reply === 'MISSING' || reply === 'OVERFLOW' ? reply : Number(reply)));
}

const KEYS = Array.from({ length: SHARDS }, (_, shard) => ({
  values: `counters:{${shard}}:values`,
  journal: `counters:{${shard}}:journal`,
  sealed: `counters:{${shard}}:sealed`,
  meta: `counters:{${shard}}:meta`,
}));

function keysOf(shard: number) {
  const keys = KEYS[shard];
  if (!keys) throw new RangeError(`There is no shard ${shard}; shards are 0 to ${SHARDS - 1}.`);
  return keys;
}
