import { answered, InjectRedis, registerScript } from '@app/redis';
import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { KeyedCall } from '../calls/call-key.js';
import type { ShardLedger } from '../drain/counter.ledger.store.js';
import { BEGIN_EPOCH, LOAD, READ, STATE } from './counter.scripts.js';
import { BEGIN_CATCH_UP, SEAL, SWEEP, TAKE_OVER } from '../drain/drain.scripts.js';
import { INCREMENT } from './increment.script.js';
import {
  BEHIND,
  type CounterReplies,
  type IncrementReply,
  REUSED,
  type SealOptions,
  type SealReply,
  STALE,
  type SweepLimits,
  type SweepReply,
} from './counter.replies.js';
import { allKeysOf, keysOf, SHARD_KEYS, type ShardKeys } from './shard.keys.js';
import { advance, type ShardGeneration } from './shard.generation.js';

/** The counters in Redis: one call is one script on one shard. @throws RedisUnavailableError */
@Injectable()
export class CounterStore {
  private readonly runIncrement;
  private readonly runRead;
  private readonly runLoad;
  private readonly runSeal;
  private readonly runSweep;
  private readonly runBeginCatchUp;
  private readonly runTakeOver;
  private readonly runState;
  private readonly runBeginEpoch;
  private brokenConnections = 0;

  constructor(@InjectRedis('state') private readonly redis: Redis) {
    this.runIncrement = registerScript<string[]>(redis, INCREMENT);
    this.runRead = registerScript<string[]>(redis, READ);
    this.runLoad = registerScript<string[]>(redis, LOAD);
    this.runSeal = registerScript<[string, string?, string?, string?, string[]?]>(redis, SEAL);
    this.runSweep = registerScript<[string, number?, number?, number?]>(redis, SWEEP);
    this.runBeginCatchUp = registerScript<[string, string?]>(redis, BEGIN_CATCH_UP);
    this.runTakeOver = registerScript<string[]>(redis, TAKE_OVER);
    this.runState = registerScript<[string, string, string]>(redis, STATE);
    this.runBeginEpoch = registerScript<string>(redis, BEGIN_EPOCH);
    // A connection leads to one server process; `-node` and `+node` are what a cluster says of its connections.
    for (const event of ['close', '-node', '+node']) redis.on(event, () => (this.brokenConnections += 1));
  }

  /** How often a connection has ended: whoever answers after that may be another server, or have older data. */
  get breaks(): number {
    return this.brokenConnections;
  }

  /** Adds each delta to its counter and to the journal, in order; what was counted under the key is not counted again. */
  async increment(
    shard: number,
    life: ShardGeneration,
    items: readonly { field: string; delta: number }[],
    call?: KeyedCall,
  ): Promise<IncrementReply> {
    const { values, cold, journal, meta, ...tables } = keysOf(shard);
    const table = call?.table ?? 'attempts';
    const args: (string | number)[] = [life.epoch, life.sequence, call ? call.rules + call.fingerprint : ''];
    for (const { field, delta } of items) args.push(field, delta);
    const reply = await this.runIncrement(
      [values, cold, journal, tables[table], tables[`${table}_before`], meta],
      args,
    );
    if (reply[0] === REUSED) return REUSED;
    if (reply[0] === 'UNKNOWN') return { newKeysFrom: new Date(Number(reply[1])) };
    return repliesOf(life, reply);
  }

  async read(
    shard: number,
    life: ShardGeneration,
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
    { epoch, sequence }: ShardGeneration,
    generation: string,
    counters: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { values, cold, meta } = keysOf(shard);
    await this.runLoad([values, cold, meta], [epoch, sequence, generation, ...[...counters].flat()]);
  }

  /**
   * The batch that PostgreSQL needs next: one that it has not got or has lost, or counters of the journal that are set
   * aside for it. Only for the holder of the lock of the shard's row.
   */
  async seal(shard: number, { epoch, sequence }: ShardLedger, options: SealOptions): Promise<SealReply> {
    const { journal, sealed, previous, meta } = keysOf(shard);
    const [state, batch, more, lost, pairs = []] = await this.runSeal(
      [journal, sealed, previous, meta],
      [epoch, sequence, options.most, options.evenEmpty ? 1 : 0],
    );
    if (state === 'EMPTY' || state === BEHIND) return { state };
    if (state !== 'SEALED') return { state: STALE };
    const deltas = new Map<string, string>();
    for (let index = 0; index < pairs.length; index += 2)
      deltas.set(pairs[index] ?? '', pairs[index + 1] ?? '0');
    return { state, sequence: Number(batch), more: more === '1', lost: Number(lost), deltas };
  }

  /** Drops counters that nobody has touched for long; says how many counters wait for PostgreSQL. */
  async sweep(
    shard: number,
    { epoch, sequence }: ShardLedger,
    { coldAfterMs, generationSize, keysMs, attemptsMs }: SweepLimits,
  ): Promise<typeof STALE | SweepReply> {
    const [state, waiting = 0, dropped = 0, aging = 0] = await this.runSweep(allKeysOf(shard), [
      epoch,
      sequence,
      coldAfterMs,
      generationSize,
      keysMs,
      attemptsMs,
    ]);
    return state === STALE ? STALE : { waiting, dropped, aging: aging === 1 };
  }

  /** Begins the sequence at which PostgreSQL takes over the values of Redis; undefined where Redis has another epoch. */
  async beginCatchUp(shard: number, { epoch, sequence }: ShardLedger): Promise<number | undefined> {
    const { sealed, previous, meta } = keysOf(shard);
    const [state, next] = await this.runBeginCatchUp([sealed, previous, meta], [epoch, sequence]);
    return state === STALE ? undefined : Number(next);
  }

  /** The fields of the counters that Redis holds, page by page; one may come twice. */
  async *heldFields(shard: number, pageSize: number): AsyncGenerator<string[]> {
    const { values, cold } = keysOf(shard);
    // Cold ones first: a counter that is touched meanwhile moves to `values`.
    for (const key of [cold, values]) {
      let cursor = '0';
      do {
        const [next, pairs] = await answered(() => this.redis.hscan(key, cursor, 'COUNT', pageSize));
        cursor = next;
        const fields = pairs.filter((_, index) => index % 2 === 0);
        if (fields.length > 0) yield fields;
      } while (cursor !== '0');
    }
  }

  /** Takes the deltas of counters out of the journal; their values, by field, have them in. */
  async takeOver(
    shard: number,
    { epoch, sequence }: ShardLedger,
    fields: readonly string[],
  ): Promise<typeof STALE | ReadonlyMap<string, string>> {
    const { values, cold, journal, meta } = keysOf(shard);
    const [state, ...replies] = await this.runTakeOver(
      [values, cold, journal, meta],
      [epoch, sequence, ...fields],
    );
    if (state === STALE) return STALE;
    return new Map(
      fields.flatMap((field, index): [string, string][] => {
        const value = replies[index];
        return value ? [[field, value]] : [];
      }),
    );
  }

  /**
   * Begins an epoch: what Redis held of the shard is dropped, and counters are loaded as they are asked for.
   *
   * @param afterLoss an epoch was before it, and what Redis held in it may be lost
   */
  async beginEpoch(shard: number, epoch: number, { afterLoss }: { afterLoss: boolean }): Promise<void> {
    await this.runBeginEpoch(allKeysOf(shard), [epoch, afterLoss ? 1 : 0]);
  }

  /** What Redis holds of the shard now; epoch 0 when nothing. */
  async stateOf(shard: number): Promise<ShardGeneration> {
    const [epoch, sequence, identity] = await this.runState([keysOf(shard).meta], []);
    return { epoch: Number(epoch), sequence: Number(sequence), identity };
  }

  /** How many counters Redis holds, and how many have deltas that PostgreSQL does not know yet. */
  async sizes(): Promise<{ held: number; waiting: number }> {
    // One pipeline by itself, or one for each node of a cluster.
    const parts = await answered(() => Promise.all(SHARD_KEYS.map((keys) => this.sizesOf(keys))));
    return {
      held: parts.reduce((sum, { held }) => sum + held, 0),
      waiting: parts.reduce((sum, { waiting }) => sum + waiting, 0),
    };
  }

  private async sizesOf(keys: ShardKeys): Promise<{ held: number; waiting: number }> {
    const [values, cold, journal, sealed, [sequence, drained]] = await Promise.all([
      this.redis.hlen(keys.values),
      this.redis.hlen(keys.cold),
      this.redis.hlen(keys.journal),
      this.redis.hlen(keys.sealed),
      this.redis.hmget(keys.meta, 'sequence', 'drained'),
    ]);
    const inFlight = Number(sequence) === Number(drained) ? 0 : Math.max(sealed, 1);
    return { held: values + cold, waiting: journal + inFlight };
  }
}

function repliesOf(
  life: ShardGeneration,
  [state, sequence, generation = '', ...replies]: readonly string[],
): typeof STALE | CounterReplies {
  if (state === STALE) return STALE;
  advance(life, Number(sequence));
  return {
    generation,
    replies: replies.map((reply) => (reply === 'MISSING' || reply === 'OVERFLOW' ? reply : Number(reply))),
  };
}
