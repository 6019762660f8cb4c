import { answered, InjectRedis, registerScript } from '@app/redis';
import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SHARDS } from './counter.key.js';
import type { ShardLedger } from './counter.ledger.store.js';
import { BEGIN_EPOCH, INCREMENT, LOAD, READ, SEAL, STATE, SWEEP } from './counter.scripts.js';
import { advance, type ShardLife } from './shard.life.js';

/** What a script says of one counter. */
export type CounterReply = number | 'MISSING' | 'OVERFLOW';

/** Redis holds another life than the caller believes in; nothing was changed. */
export const STALE = 'STALE';

export interface CounterReplies {
  replies: CounterReply[];
  /** Of the counters that may be dropped; `load` wants it back for what was missing. */
  generation: string;
}

/** What the journal holds that PostgreSQL does not know yet. `more`: not all of it is in this batch. */
export type SealReply =
  | { state: typeof STALE | 'EMPTY' }
  | { state: 'SEALED'; sequence: number; more: boolean; deltas: ReadonlyMap<string, string> };

export interface SweepLimits {
  /** How long a counter that nobody touches stays, in milliseconds; up to twice as long. */
  coldAfterMs: number;
  /** How many counters of a shard a generation may have. */
  generationSize: number;
}

/** The counters in Redis: one call is one script on one shard. @throws RedisUnavailableError */
@Injectable()
export class CounterStore {
  private readonly runIncrement;
  private readonly runRead;
  private readonly runLoad;
  private readonly runSeal;
  private readonly runSweep;
  private readonly runState;
  private readonly runBeginEpoch;
  private brokenConnections = 0;

  constructor(@InjectRedis('state') private readonly redis: Redis) {
    this.runIncrement = registerScript<string[]>(redis, INCREMENT);
    this.runRead = registerScript<string[]>(redis, READ);
    this.runLoad = registerScript<string[]>(redis, LOAD);
    this.runSeal = registerScript<[string, string?, string?, string[]?]>(redis, SEAL);
    this.runSweep = registerScript<[string, number?, number?]>(redis, SWEEP);
    this.runState = registerScript<[string, string, string]>(redis, STATE);
    this.runBeginEpoch = registerScript<string>(redis, BEGIN_EPOCH);
    // A connection leads to one server process; `-node` and `+node` are what a cluster says of its connections.
    for (const event of ['close', '-node', '+node']) redis.on(event, () => (this.brokenConnections += 1));
  }

  /** How often a connection has ended: whoever answers after that may be another server, or have older data. */
  get breaks(): number {
    return this.brokenConnections;
  }

  /** Adds each delta to its counter and to the journal, in order. */
  async increment(
    shard: number,
    life: ShardLife,
    items: readonly { field: string; delta: number }[],
  ): Promise<typeof STALE | CounterReplies> {
    const { values, cold, journal, meta } = keysOf(shard);
    const args: (string | number)[] = [life.epoch, life.sequence];
    for (const { field, delta } of items) args.push(field, delta);
    return repliesOf(life, await this.runIncrement([values, cold, journal, meta], args));
  }

  async read(
    shard: number,
    life: ShardLife,
    fields: readonly string[],
  ): Promise<typeof STALE | CounterReplies> {
    const { values, cold, meta } = keysOf(shard);
    return repliesOf(life, await this.runRead([values, cold, meta], [life.epoch, life.sequence, ...fields]));
  }

  /**
   * Puts in place what PostgreSQL knew after `generation` was answered; a value that is there already stays, and
   * nothing is changed when counters were dropped in the meantime.
   */
  async load(
    shard: number,
    { epoch, sequence }: ShardLife,
    generation: string,
    counters: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { values, cold, meta } = keysOf(shard);
    await this.runLoad([values, cold, meta], [epoch, sequence, generation, ...[...counters].flat()]);
  }

  /** Sets up to `most` counters of the journal aside as the batch after `sequence`, or answers the one set aside before. */
  async seal(shard: number, { epoch, sequence }: ShardLedger, most: number): Promise<SealReply> {
    const { journal, sealed, meta } = keysOf(shard);
    const [state, batch, more, pairs = []] = await this.runSeal(
      [journal, sealed, meta],
      [epoch, sequence, most],
    );
    if (state !== 'SEALED') return { state: state === 'EMPTY' ? state : STALE };
    const deltas = new Map<string, string>();
    for (let index = 0; index < pairs.length; index += 2)
      deltas.set(pairs[index] ?? '', pairs[index + 1] ?? '0');
    return { state, sequence: Number(batch), more: more === '1', deltas };
  }

  /** Drops what PostgreSQL has and nobody has touched for long; tells how many counters wait in the journal. */
  async sweep(
    shard: number,
    { epoch, sequence }: ShardLedger,
    { coldAfterMs, generationSize }: SweepLimits,
  ): Promise<typeof STALE | { waiting: number; dropped: number }> {
    const { values, cold, journal, sealed, meta } = keysOf(shard);
    const [state, waiting = 0, dropped = 0] = await this.runSweep(
      [values, cold, journal, sealed, meta],
      [epoch, sequence, coldAfterMs, generationSize],
    );
    return state === STALE ? STALE : { waiting, dropped };
  }

  /** Begins an epoch: what Redis held of the shard is dropped, and counters are loaded as they are asked for. */
  async beginEpoch(shard: number, epoch: number): Promise<void> {
    const { values, cold, journal, sealed, meta } = keysOf(shard);
    await this.runBeginEpoch([values, cold, journal, sealed, meta], [epoch]);
  }

  /** What Redis holds of the shard now; epoch 0 when nothing. */
  async stateOf(shard: number): Promise<ShardLife> {
    const [epoch, sequence, identity] = await this.runState([keysOf(shard).meta], []);
    return { epoch: Number(epoch), sequence: Number(sequence), identity };
  }

  /** How many counters Redis holds, and how many have deltas that PostgreSQL does not know yet. */
  async sizes(): Promise<{ held: number; waiting: number }> {
    // One pipeline by itself, or one for each node of a cluster.
    const all = KEYS.flatMap(({ values, cold, journal, sealed }) => [values, cold, journal, sealed]);
    const lengths = await answered(() => Promise.all(all.map((key) => this.redis.hlen(key))));
    const sizes = { held: 0, waiting: 0 };
    for (const [index, length] of lengths.entries()) sizes[index % 4 < 2 ? 'held' : 'waiting'] += length;
    return sizes;
  }
}

function repliesOf(
  life: ShardLife,
  [state, sequence, generation = '', ...replies]: readonly string[],
): typeof STALE | CounterReplies {
  if (state === STALE) return STALE;
  advance(life, Number(sequence));
  return {
    generation,
    replies: replies.map((reply) => (reply === 'MISSING' || reply === 'OVERFLOW' ? reply : Number(reply))),
  };
}

const KEYS = Array.from({ length: SHARDS }, (_, shard) => ({
  values: `counters:{${shard}}:values`,
  cold: `counters:{${shard}}:cold`,
  journal: `counters:{${shard}}:journal`,
  sealed: `counters:{${shard}}:sealed`,
  meta: `counters:{${shard}}:meta`,
}));

function keysOf(shard: number) {
  const keys = KEYS[shard];
  if (!keys) throw new RangeError(`There is no shard ${shard}; shards are 0 to ${SHARDS - 1}.`);
  return keys;
}
