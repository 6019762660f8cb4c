import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { AppLog, type LogLine } from '../../../../test/support/apps/app-log.js';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchRedisServer } from '../../../../test/support/servers/scratch-redis-server.js';
import { RedisModule } from '../index.js';
import { redisToken } from '../redis.role.js';

const COMMAND_TIMEOUT_MS = 200;
/** The limit of equal log lines; the lowest that may be configured. */
const PERIOD_MS = 1_000;
const LIMIT = 5;
const CALLS = 60;
const BACK_WITHIN_MS = 10_000;

/** Bounded: the server is unavailable for as long as the calls take, some hundred milliseconds. */
describe('the log of an outage of Redis', () => {
  let server: ScratchRedisServer;
  let folder: string;
  let log: AppLog;
  let app: INestApplicationContext;
  let redis: Redis;
  let since = 0;

  beforeAll(async () => {
    server = await ScratchRedisServer.start();
    folder = await mkdtemp(join(tmpdir(), 'outage-lines-'));
    log = new AppLog(join(folder, 'app.log'));
    app = await given
      .app('gateway')
      .with(RedisModule.forRoot())
      .configured({
        APP__REDIS__STATE__URL: `${server.url}/0`,
        APP__REDIS__COMMAND_TIMEOUT: `${COMMAND_TIMEOUT_MS}ms`,
        APP__LIFECYCLE__CHECK_CACHE: '0s',
        APP__LIFECYCLE__CHECK_INTERVAL: '100ms',
        APP__LIFECYCLE__CHECK_TIMEOUT: `${COMMAND_TIMEOUT_MS}ms`,
        APP__LOGGING__LEVEL: 'info',
        APP__LOGGING__FILE__PATH: log.file,
        APP__LOGGING__REPEATED_LINES__PERIOD: `${PERIOD_MS}ms`,
        APP__LOGGING__REPEATED_LINES__LIMIT: String(LIMIT),
      })
      .start();
    redis = app.get<Redis>(redisToken('state'));
  });
  beforeEach(async () => {
    await eventually(() => redis.ping(), { within: BACK_WITHIN_MS });
    since = await eventually(() => log.mark());
  });
  afterAll(async () => {
    await app.close();
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const ofRedis = (): LogLine[] => log.lines(since).filter(({ dependency }) => dependency === 'redis');
  const failAll = async (message: string): Promise<void> => {
    const logger = new Logger('Calls');
    const call = () => redis.get('n').catch((err: unknown) => logger.error({ err }, message));
    await Promise.all(Array.from({ length: CALLS }, call));
  };

  it.each<[string, () => Promise<void> | void, () => Promise<void> | void]>([
    ['is killed and starts again', () => server.kill(), () => server.restart()],
    ['stops and goes on', () => server.pause(), () => server.resume()],
  ])('that %s has one line at its beginning and one at its end', async (_what, lose, restore) => {
    await lose();
    await failAll('a call');
    await eventually(() => expect(ofRedis()).toHaveLength(1), { within: BACK_WITHIN_MS });
    await restore();
    await eventually(() => expect(ofRedis()).toHaveLength(2), { within: BACK_WITHIN_MS });
    await eventually(() => redis.ping(), { within: BACK_WITHIN_MS });
    const [lost, back] = ofRedis();
    expect([lost?.level, back?.level]).toEqual(['warn', 'info']);
    expect(lost?.msg).toMatch(/^Redis at 127\.0\.0\.1:\d+ fails and is retried: /);
    expect(back).toMatchObject({ outage_ms: expect.any(Number), failures: expect.any(Number) });
    expect(ofRedis().filter((line) => 'err' in line)).toEqual([]);
  });

  it('has one stack of the calls that fail in a period, and counts those beyond the limit', async () => {
    const message = 'a call without a server';
    await server.kill();
    await failAll(message);
    const ofCalls = () => log.lines(since).filter(({ msg }) => msg.endsWith(message));
    const heldBack = () => ofCalls().filter((line) => 'held_back' in line);
    await eventually(() => expect(heldBack().length).toBeGreaterThan(0), { within: 5 * PERIOD_MS });
    const counted = heldBack().reduce((sum, line) => sum + Number(line['held_back']), 0);
    const written = ofCalls().filter((line) => !('held_back' in line));
    expect(written.length + counted).toBe(CALLS);
    expect(written.length).toBeLessThanOrEqual(2 * LIMIT);
    expect(written.filter((line) => 'err' in line).length).toBeLessThanOrEqual(2);
    await server.restart();
  });
});
