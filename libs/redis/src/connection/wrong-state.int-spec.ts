import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Readiness } from '@app/lifecycle';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchRedisServer } from '../../../../test/support/servers/scratch-redis-server.js';
import { TcpProxy } from '../../../../test/support/network/tcp-proxy.js';
import {
  RedisModule,
  RedisUnavailableError,
  registerScript,
  type RunScript,
  withRedisErrors,
} from '../index.js';
import { redisToken } from '../redis.role.js';

type Change = (server: Redis) => Promise<unknown>;

const set =
  (...pairs: string[]): Change =>
  (server) =>
    server.config('SET', ...(pairs as [string, string]));

/** States in which a server answers but rejects writes, and how to enter and leave them. */
const STATES: Readonly<Record<string, { begin: Change; end: Change; says: string }>> = {
  'a replica whose primary is gone': {
    begin: (server) => server.replicaof('127.0.0.1', 1),
    end: (server) => server.replicaof('NO', 'ONE'),
    says: 'READONLY',
  },
  'a replica that serves no old data': {
    begin: async (server) => {
      await server.config('SET', 'replica-serve-stale-data', 'no');
      await server.replicaof('127.0.0.1', 1);
    },
    end: (server) => server.replicaof('NO', 'ONE'),
    says: 'MASTERDOWN|READONLY',
  },
  full: { begin: set('maxmemory', '1'), end: set('maxmemory', '0'), says: 'OOM' },
  'without the replicas that it must have': {
    begin: set('min-replicas-to-write', '1'),
    end: set('min-replicas-to-write', '0'),
    says: 'NOREPLICAS',
  },
};

describe('a server that answers and rejects writes, because it is', () => {
  let server: ScratchRedisServer;
  let other: ScratchRedisServer;
  let address: TcpProxy;
  let admin: Redis;
  let app: INestApplicationContext;
  let redis: Redis;
  let add: RunScript<number>;

  const health = async () => (await app.get(Readiness).dependencies())['redis'];
  const expectRecovery = async () => {
    await eventually(() => add(['n'], [1]));
    await eventually(async () => expect(await health()).toMatchObject({ status: 'up' }));
  };

  beforeAll(async () => {
    [server, other] = await Promise.all([ScratchRedisServer.start(), ScratchRedisServer.start()]);
    address = await TcpProxy.before({ port: server.port });
    admin = server.client();
    app = await given
      .app('gateway')
      .with(RedisModule.forRoot())
      .configured({
        APP__REDIS__STATE__URL: `redis://127.0.0.1:${address.port}`,
        APP__LIFECYCLE__CHECK_CACHE: '0s',
      })
      .start();
    redis = app.get<Redis>(redisToken('state'));
    // The driver sends the commands of a turn in one pipeline, which lacks scripts that are registered later.
    await redis.ping();
    const lua = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
    add = registerScript<number>(redis, { name: 'testAdd', numberOfKeys: 1, lua });
  });
  afterAll(async () => {
    await app.close();
    admin.disconnect();
    await address.close();
    await Promise.all([server.remove(), other.remove()]);
  });
  afterEach(async () => {
    await admin.config('SET', 'replica-serve-stale-data', 'yes');
  });

  it.each(Object.entries(STATES))('%s: is unavailable and not ready, and recovers', async (_, state) => {
    await add(['n'], [1]);
    await state.begin(admin);
    try {
      await expect(add(['n'], [1])).rejects.toMatchObject({
        reason: 'UPSTREAM_UNAVAILABLE',
        status: { http: 503 },
        retryAfterMs: 1000,
      });
      await expect(withRedisErrors(() => redis.set('n', 1))).rejects.toBeInstanceOf(RedisUnavailableError);
      await eventually(async () =>
        expect(await health()).toMatchObject({
          status: 'down',
          message: expect.stringMatching(state.says),
        }),
      );
    } finally {
      await state.end(admin);
    }
    await expectRecovery();
  });

  it('still a replica: reads continue during many rejected writes', async () => {
    await STATES['a replica whose primary is gone']?.begin(admin);
    const reads: boolean[] = [];
    const read = async () =>
      reads.push(
        await redis.get('n').then(
          () => true,
          () => false,
        ),
      );
    const write = () => redis.set('n', 1).catch(() => undefined);
    const end = performance.now() + 1_000;
    while (performance.now() < end) await Promise.all([read(), write(), read()]);
    await STATES['a replica whose primary is gone']?.end(admin);
    expect(reads.filter(Boolean).length / reads.length).toBeGreaterThan(0.5);
    await expectRecovery();
  });

  it('no longer behind its address: the client reconnects to the new server', async () => {
    await expectRecovery();
    await STATES['a replica whose primary is gone']?.begin(admin);
    address.leadTo({ port: other.port });
    await expect(add(['n'], [1])).rejects.toBeInstanceOf(RedisUnavailableError);
    await expectRecovery();
    const reader = other.client();
    await expect(reader.get('n')).resolves.toBe('1');
    reader.disconnect();
  });
});
