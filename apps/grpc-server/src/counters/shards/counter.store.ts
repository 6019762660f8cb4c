import { InjectRedis, registerScript, withRedisErrors } from '@app/redis';
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
import { advance, type ShardState } from './shard.state.js';

/** The counters in Redis. One call runs one script on one shard. @throws RedisUnavailableError */
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
  private endedConnections = 0;

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
    // A connection belongs to one server process. A cluster emits `-node` and `+node` for its connections.
    for (const event of ['close', '-node', '+node']) redis.on(event, () => (this.endedConnections += 1));
  }

  /** How many connections have ended. After that, another server may answer, or one with older data. */
  get disconnects(): number {
    return this.endedConnections;
  }

  /** Adds each delta to its counter and to the journal, in order. Skips increments that the key already counted. */
  async increment(
    shard: number,
    state: ShardState,
    items: readonly { field: string; delta: number }[],
    call?: KeyedCall,
  ): Promise<IncrementReply> {
    const { values, cold, journal, meta, ...tables } = keysOf(shard);
    const table = call?.table ?? 'attempts';
    const args: (string | number)[] = [
      state.epoch,
      state.sequence,
      call ? call.rules + call.fingerprint : '',
    ];
    for (const { field, delta } of items) args.push(field, delta);
    const reply = await this.runIncrement(
      [values, cold, journal, tables[table], tables[`${table}_before`], meta],
      args,
    );
    if (reply[0] === REUSED) return REUSED;
    if (reply[0] === 'UNKNOWN') return { newKeysFrom: new Date(Number(reply[1])) };
    return repliesOf(state, reply);
  }

  async read(
    shard: number,
    state: ShardState,
    fields: readonly string[],
  ): Promise<typeof STALE | CounterReplies> {
    const { values, cold, meta } = keysOf(shard);
    return repliesOf(
      state,
      await this.runRead([values, cold, meta], [state.epoch, state.sequence, ...fields]),
    );
  }

  /**
   * Stores values that were read from PostgreSQL after `generation` was returned. Existing values are kept. Nothing is
   * changed when counters were dropped in the meantime.
   */
  async load(
    shard: number,
    { epoch, sequence }: ShardState,
    generation: string,
    counters: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { values, cold, meta } = keysOf(shard);
    await this.runLoad([values, cold, meta], [epoch, sequence, generation, ...[...counters].flat()]);
  }

  /**
   * Returns the batch that PostgreSQL needs next: one that it lacks or has lost, or a new batch from the journal. Only
   * for the holder of the lock of the shard's row.
   */
  async seal(shard: number, { epoch, sequence }: ShardLedger, options: SealOptions): Promise<SealReply> {
    const { journal, sealed, previous, meta } = keysOf(shard);
    const [state, batch, more, lost, pairs = []] = await this.runSeal(
      [journal, sealed, previous, meta],
      [epoch, sequence, options.most, options.allowEmpty ? 1 : 0],
    );
    if (state === 'EMPTY' || state === BEHIND) return { state };
    if (state !== 'SEALED') return { state: STALE };
    const deltas = new Map<string, string>();
    for (let index = 0; index < pairs.length; index += 2)
      deltas.set(pairs[index] ?? '', pairs[index + 1] ?? '0');
    return { state, sequence: Number(batch), more: more === '1', lost: Number(lost), deltas };
  }

  /** Drops counters that were unused for long. Returns how many counters have pending deltas. */
  async sweep(
    shard: number,
    { epoch, sequence }: ShardLedger,
    { coldAfterMs, generationSize, keysMs, attemptsMs }: SweepLimits,
  ): Promise<typeof STALE | SweepReply> {
    const [state, waiting = 0, dropped = 0, needsBatch = 0] = await this.runSweep(allKeysOf(shard), [
      epoch,
      sequence,
      coldAfterMs,
      generationSize,
      keysMs,
      attemptsMs,
    ]);
    return state === STALE ? STALE : { waiting, dropped, needsBatch: needsBatch === 1 };
  }

  /** Begins the sequence for copying the values of Redis to PostgreSQL; undefined when Redis has another epoch. */
  async beginCatchUp(shard: number, { epoch, sequence }: ShardLedger): Promise<number | undefined> {
    const { sealed, previous, meta } = keysOf(shard);
    const [state, next] = await this.runBeginCatchUp([sealed, previous, meta], [epoch, sequence]);
    return state === STALE ? undefined : Number(next);
  }

  /** The fields of the counters that Redis holds, page by page. A field may occur twice. */
  async *heldFields(shard: number, pageSize: number): AsyncGenerator<string[]> {
    const { values, cold } = keysOf(shard);
    // Cold ones first: a counter that is used meanwhile moves to `values`.
    for (const key of [cold, values]) {
      let cursor = '0';
      do {
        const [next, pairs] = await withRedisErrors(() => this.redis.hscan(key, cursor, 'COUNT', pageSize));
        cursor = next;
        const fields = pairs.filter((_, index) => index % 2 === 0);
        if (fields.length > 0) yield fields;
      } while (cursor !== '0');
    }
  }

  /** Removes the deltas of counters from the journal. Returns the values by field, which include these deltas. */
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
   * Begins an epoch: drops all data of the shard in Redis. Counters are loaded when they are used.
   *
   * @param afterLoss whether there was an epoch before, whose data in Redis may be lost
   */
  async beginEpoch(shard: number, epoch: number, { afterLoss }: { afterLoss: boolean }): Promise<void> {
    await this.runBeginEpoch(allKeysOf(shard), [epoch, afterLoss ? 1 : 0]);
  }

  /** The current state of the shard in Redis; epoch 0 when it has no data. */
  async stateOf(shard: number): Promise<ShardState> {
    const [epoch, sequence, identity] = await this.runState([keysOf(shard).meta], []);
    return { epoch: Number(epoch), sequence: Number(sequence), identity };
  }

  /** How many counters Redis holds, and how many have deltas that are not in PostgreSQL yet. */
  async sizes(): Promise<{ held: number; waiting: number }> {
    // One pipeline on a single server, or one for each node of a cluster.
    const parts = await withRedisErrors(() => Promise.all(SHARD_KEYS.map((keys) => this.sizesOf(keys))));
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
  state: ShardState,
  [status, sequence, generation = '', ...replies]: readonly string[],
): typeof STALE | CounterReplies {
  if (status === STALE) return STALE;
  advance(state, Number(sequence));
  return {
    generation,
    replies: replies.map((reply) => (reply === 'MISSING' || reply === 'OVERFLOW' ? reply : Number(reply))),
  };
}
