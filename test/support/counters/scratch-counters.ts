import { loadConfig } from '@app/config';
import { collectFeatures, Migrator, PostgresModule } from '@app/postgres';
import { type RedisConfig, RedisModule, redisConfig } from '@app/redis';
import { type ResilienceConfig, resilienceConfig } from '@app/resilience';
import { Redis } from 'ioredis';
import { CallKeys } from '../../../apps/grpc-server/src/counters/calls/call.keys.js';
import { CounterDrain } from '../../../apps/grpc-server/src/counters/drain/counter.drain.js';
import { CounterStore } from '../../../apps/grpc-server/src/counters/shards/counter.store.js';
import {
  type CountersConfig,
  countersConfig,
} from '../../../apps/grpc-server/src/counters/counters.config.js';
import { CountersModule } from '../../../apps/grpc-server/src/counters/counters.module.js';
import { CountersService } from '../../../apps/grpc-server/src/counters/counters.service.js';
import { ScratchPostgres } from '../servers/scratch-postgres.js';
import type { ScratchRedisServer } from '../servers/scratch-redis-server.js';
import { redisOfTests } from '../servers/scratch-redis.js';

const HOUR_MS = 3_600_000;

/** Only `drainAll` drains. */
const BY_HAND: CountersConfig = {
  drainInterval: 2 * HOUR_MS,
  coldAfter: HOUR_MS,
  maxHeld: 1_000_000,
  idempotencyRetention: HOUR_MS,
  maxIdempotencyResults: 1_000_000,
  clockSkew: 0,
};

/** A grpc-server's counters, without its transport. */
export interface CountersReplica {
  counters: CountersService;
  drain: CounterDrain;
  store: CounterStore;
  keys: CallKeys;
}

/** Counters on their own schema and Redis database, drained by hand. `drop` closes and removes everything. */
export class ScratchCounters {
  private constructor(
    private readonly postgres: ScratchPostgres,
    private readonly state: RedisConfig['state'],
    readonly redis: Redis,
  ) {}

  /** Uses the Redis of the test stack, or a server that the spec may break. */
  static async create(server?: ScratchRedisServer): Promise<ScratchCounters> {
    const postgres = await ScratchPostgres.create();
    const state = await redisOfTests(server?.url);
    const redis = new Redis(state.url.href);
    await redis.flushdb();
    await new Migrator(postgres.config, await collectFeatures(CountersModule)).migrate();
    return new ScratchCounters(postgres, state, redis);
  }

  /** Creates the counters of one process. Several replicas can run at the same time. */
  async replica(config: Partial<CountersConfig> = {}): Promise<CountersReplica> {
    const app = await this.postgres.start({
      imports: [PostgresModule.forRoot(), RedisModule.forRoot(), CountersModule],
      config: [
        [redisConfig, { state: this.state, commandTimeout: 5000, connectTimeout: 1000 }],
        [countersConfig, { ...BY_HAND, ...config }],
        [resilienceConfig, await resilienceOfTests()],
      ],
    });
    return {
      counters: app.get(CountersService),
      drain: app.get(CounterDrain),
      store: app.get(CounterStore),
      keys: app.get(CallKeys),
    };
  }

  /** Removes all counters. */
  async empty(): Promise<void> {
    await this.postgres.execute('TRUNCATE counter, outbox');
    await this.redis.flushdb();
  }

  sql<T extends Record<string, unknown>>(text: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.postgres.execute<T>(text, parameters);
  }

  /** The sums in PostgreSQL: of the ledger, and of the events for the worker. */
  async inPostgres(): Promise<{ ledger: number; published: number }> {
    const [row] = await this.sql<{ ledger: string; published: string }>(`
      SELECT (SELECT coalesce(sum(value), 0) FROM counter) AS ledger,
             (SELECT coalesce(sum((delta ->> 'delta')::bigint), 0)
                FROM outbox, jsonb_array_elements(convert_from(payload, 'UTF8')::jsonb -> 'deltas') AS delta) AS published`);
    return { ledger: Number(row?.ledger), published: Number(row?.published) };
  }

  /** The current data of Redis. */
  async snapshot(): Promise<ReadonlyMap<string, Buffer>> {
    const dumps = new Map<string, Buffer>();
    for (const name of await this.redis.keys('*')) {
      const dump = await this.redis.dumpBuffer(name);
      if (dump) dumps.set(name, dump);
    }
    return dumps;
  }

  /** Replaces the data of Redis with older data, without closing connections. */
  async goBack(dumps: ReadonlyMap<string, Buffer>): Promise<void> {
    const transaction = this.redis.multi().flushdb();
    for (const [name, dump] of dumps) transaction.restore(name, 0, dump);
    await transaction.exec();
  }

  /** Saves the data of PostgreSQL. Returns a function that restores it, like a failover to a lagging replica. */
  async savePostgres(): Promise<() => Promise<void>> {
    const counters = await this.sql('SELECT * FROM counter');
    const shards = await this.sql('SELECT * FROM counter_shard');
    const events = await this.sql('SELECT message_id FROM outbox');
    return async () => {
      await this.sql('DELETE FROM outbox WHERE message_id <> ALL($1)', [
        events.map(({ message_id: id }) => id),
      ]);
      await this.sql('TRUNCATE counter, counter_shard');
      for (const [table, rows] of Object.entries({ counter: counters, counter_shard: shards }))
        await this.sql(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(null::${table}, $1)`, [
          JSON.stringify(rows),
        ]);
    };
  }

  async drop(): Promise<void> {
    await this.postgres.drop();
    await this.redis.flushdb();
    this.redis.disconnect();
  }
}

/** A policy with long time-outs, since these specs do not test a slow PostgreSQL on a busy machine. */
async function resilienceOfTests(): Promise<ResilienceConfig> {
  const environment = { ...process.env, APP_ENV: 'test' };
  const store = await loadConfig({ app: 'grpc-server', definitions: [resilienceConfig], environment });
  const policies = Object.entries(store.handle(resilienceConfig).current.policies).map(
    ([name, settings]) => [name, { ...settings, attemptTimeout: 30_000, totalTimeout: 30_000 }] as const,
  );
  return { policies: Object.fromEntries(policies) };
}
