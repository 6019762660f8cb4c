import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Readiness } from '@app/lifecycle';
import { Metrics } from '@app/telemetry';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import { ScratchRedisServer } from '../../../../test/support/servers/scratch-redis-server.js';
import { TcpProxy } from '../../../../test/support/network/tcp-proxy.js';
import { RedisModule, RedisUnavailableError, registerScript, type RunScript } from '../index.js';
import { redisToken } from '../redis.role.js';

const TIMEOUT_MS = 300;
const BACK_WITHIN_MS = 3000;

describe('a connection to one server', () => {
  let server: ScratchRedisServer;
  let proxy: TcpProxy;
  let app: INestApplicationContext;
  let redis: Redis;
  let add: RunScript<number>;

  beforeAll(async () => {
    server = await ScratchRedisServer.start({ password: 'p@ss:word' });
    proxy = await TcpProxy.before({ port: server.port });
    app = await given
      .app('gateway')
      .with(RedisModule.forRoot())
      .configured({
        APP__REDIS__STATE__URL: `redis://default@127.0.0.1:${proxy.port}/3`,
        APP__REDIS__STATE__PASSWORD: 'p@ss:word',
        APP__REDIS__COMMAND_TIMEOUT: `${TIMEOUT_MS}ms`,
        APP__LIFECYCLE__CHECK_CACHE: '0s',
      })
      .start();
    redis = app.get<Redis>(redisToken('state'));
    const lua = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
    add = registerScript<number>(redis, { name: 'testAdd', numberOfKeys: 1, lua });
  });
  afterAll(async () => {
    await app.close();
    await proxy.close();
    await server.remove();
  });

  const works = () =>
    eventually(async () => expect(await add(['n'], [0])).toBeGreaterThanOrEqual(0), {
      within: BACK_WITHIN_MS,
    });
  const status = async () => (await app.get(Readiness).dependencies())['redis']?.status;
  /** How long `work` took, in milliseconds; it must fail as unavailable. */
  const timeToFail = async (work: () => Promise<unknown>) => {
    const started = performance.now();
    await expect(work()).rejects.toBeInstanceOf(RedisUnavailableError);
    return performance.now() - started;
  };

  it('uses the database and the password of its configuration', async () => {
    await redis.set('here', '1');
    expect(String(await redis.client('INFO'))).toContain('db=3');
  });

  it('runs a script that the server has forgotten', async () => {
    await add(['n'], [1]);
    await redis.script('FLUSH');
    await expect(Promise.all([add(['n'], [1]), add(['n'], [1])])).resolves.toHaveLength(2);
  });

  it('fails waiting commands when the server is suspended, and reconnects when it continues', async () => {
    await works();
    const before = proxy.connections;
    server.pause();
    try {
      const calls = Array.from({ length: 50 }, () => timeToFail(() => add(['n'], [1])));
      expect(Math.max(...(await Promise.all(calls)))).toBeLessThan(2 * TIMEOUT_MS + 200);
      await eventually(() => expect(redis.status).not.toBe('ready'));
      expect(await timeToFail(() => add(['n'], [1]))).toBeLessThan(TIMEOUT_MS / 2);
      expect(await status()).toBe('down');
    } finally {
      server.resume();
    }
    await works();
    await eventually(async () => expect(await status()).toBe('up'));
    expect(proxy.connections).toBe(before);
  });

  it('reconnects when the network drops all packets, even if it is not used', async () => {
    await works();
    proxy.stall();
    await eventually(() => expect(redis.status).not.toBe('ready'), { within: 1000 + 2 * TIMEOUT_MS });
    proxy.restore();
    await works();
    await eventually(() => expect(proxy.connections).toBe(1));
  });

  it('does not resend a command after its connection was cut', async () => {
    await works();
    const client = await redis.get('n');
    proxy.stall();
    const lost = add(['n'], [1000]);
    await expect(lost).rejects.toBeInstanceOf(RedisUnavailableError);
    proxy.cut();
    proxy.restore();
    await works();
    expect(await redis.get('n')).toBe(client);
  });

  it('reports whether a script without an answer was sent', async () => {
    await works();
    proxy.stall('replies');
    await expect(add(['sent'], [1])).rejects.toMatchObject({ reason: 'OUTCOME_UNKNOWN', outcome: 'unknown' });
    proxy.cut();
    await eventually(() => expect(redis.status).not.toBe('ready'));
    const unsent = add(['sent'], [1]);
    await expect(unsent).rejects.toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', outcome: undefined });
    proxy.restore();
    await works();
    expect(await redis.get('sent')).toBe('1');
  });

  it('reconnects within 3 s after the server was unavailable for a long time', async () => {
    await server.kill();
    await eventually(() => expect(redis.status).toBe('reconnecting'));
    // Long enough for the longest pause between attempts.
    let attempts = 0;
    redis.on('close', () => (attempts += 1));
    await eventually(() => expect(attempts).toBeGreaterThan(4), { within: 10_000 });
    await server.restart();
    await works();
    redis.removeAllListeners('close');
  });

  it('measures the duration of commands, and counts failures', async () => {
    await works();
    await expect(add(['n'], ['no number'])).rejects.toThrow('not an integer');
    const page = new MetricsPage((await app.get(Metrics, { strict: false }).expose()).body);
    expect(page.sum('redis_command_duration_seconds_count', { command: 'testAdd' })).toBeGreaterThan(0);
    expect(page.sum('redis_command_failures_total', { command: 'testAdd', kind: 'refused' })).toBe(1);
    expect(
      page.sum('redis_command_failures_total', { command: 'testAdd', kind: 'unanswered' }),
    ).toBeGreaterThan(49);
    expect(page.sum('redis_connections', { role: 'state', state: 'ready' })).toBe(1);
  });
});
