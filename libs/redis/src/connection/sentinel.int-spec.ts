import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchRedisSentinels } from '../../../../test/support/servers/scratch-redis-sentinels.js';
import { RedisModule } from '../index.js';
import { redisToken } from '../redis.role.js';

describe('a connection through sentinels', () => {
  let sentinels: ScratchRedisSentinels;
  let app: INestApplicationContext;
  let redis: Redis;

  beforeAll(async () => {
    sentinels = await ScratchRedisSentinels.start();
    app = await given
      .app('gateway')
      .with(RedisModule.forRoot())
      .configured({
        APP__REDIS__STATE__URL: 'redis://scratch/1',
        APP__REDIS__STATE__SENTINELS: JSON.stringify(sentinels.urls),
        APP__REDIS__COMMAND_TIMEOUT: '300ms',
      })
      .start();
    redis = app.get<Redis>(redisToken('state'));
  });
  afterAll(async () => {
    await app.close();
    await sentinels.remove();
  });

  it('goes to the primary, and to its successor after it has stopped', async () => {
    await redis.set('here', 'before');
    const replica = sentinels.replica.client();
    await replica.select(1);
    await eventually(async () => expect(await replica.get('here')).toBe('before'));
    replica.disconnect();
    sentinels.primary.pause();
    try {
      await eventually(() => redis.set('here', 'after'), { within: 20_000, every: 100 });
      expect(String(await redis.config('GET', 'port'))).toContain(String(sentinels.replica.port));
    } finally {
      sentinels.primary.resume();
    }
  });
});
