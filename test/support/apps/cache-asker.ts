import { setTimeout as delay } from 'node:timers/promises';
import { ConfigModule, loadConfig } from '@app/config';
import { LifecycleModule, lifecycleConfig } from '@app/lifecycle';
import { Cache, redisConfig, RedisModule } from '@app/redis';
import { TelemetryModule } from '@app/telemetry';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { jsonCodec } from '../json-codec.js';

/**
 * A process that reads each key that the parent sends from the cache, many times in parallel, and reports every load.
 * It fails without Redis: otherwise it would load the values itself.
 */
const definitions = [lifecycleConfig, redisConfig];
const store = await loadConfig({ app: 'gateway', definitions, environment: process.env });

@Module({ imports: [ConfigModule.forRoot(store), TelemetryModule, LifecycleModule, RedisModule.forRoot()] })
class Asker {}

const app = await NestFactory.createApplicationContext(Asker, { logger: false });
const values = app.get(Cache).namespace({
  name: 'shared',
  codec: jsonCodec((value) => z.string().parse(value)),
  ttl: 60_000,
  singleFlight: 'fleet',
  whenDown: 'fail',
});
const AT_ONCE = 334;

async function ask(key: string): Promise<void> {
  const load = async () => {
    process.send?.({ event: 'load', key });
    await delay(50);
    return `the value of ${key}`;
  };
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => values.getOrLoad(key, load)));
  process.send?.({
    event: 'answers',
    key,
    right: answers.filter((answer) => answer === `the value of ${key}`).length,
  });
}

process.on('message', (key) => void ask(key as string));
process.send?.({ event: 'ready' });
