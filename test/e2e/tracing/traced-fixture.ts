import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { parse } from 'yaml';
import { type AppName, type AppProcess, startApp } from '../../support/apps/app-process.js';
import { TraceReceiver } from '../../support/servers/trace-receiver.js';
import { migrateApp } from '../../support/apps/migrate-app.js';

const SCHEMA = 'e2e_tracing';
/** Used by no other spec: integration specs count from 1 by worker, the running system has 0, counters' specs 15. */
const REDIS_DATABASE = 14;

const { postgres, redis } = parse(readFileSync('config/test.yaml', 'utf8')) as {
  postgres: { url: string };
  redis: { state: { url: string } };
};
const redisUrl = new URL(`/${REDIS_DATABASE}`, redis.state.url).href;

/**
 * The four apps with tracing on, and the receiver of their traces. Counters and their outbox are separate. Queues and
 * the worker's tables are shared with other running apps, so that every worker can process a message.
 */
export class TracedFixture {
  private constructor(
    readonly receiver: TraceReceiver,
    readonly apps: Record<AppName, AppProcess>,
  ) {}

  static async start(env: (receiver: TraceReceiver) => Record<string, string>): Promise<TracedFixture> {
    await emptyStores();
    const receiver = await TraceReceiver.start();
    const own = { ...COMMON, ...env(receiver) };
    const server = { ...own, APP__POSTGRES__SCHEMA: SCHEMA, APP__REDIS__STATE__URL: redisUrl };
    await migrateApp('grpc-server', server);
    const [grpcServer, worker] = await Promise.all([
      startApp('grpc-server', { env: server }),
      startApp('worker', { env: { ...own, APP__MESSAGING__RELAY__SOURCES: JSON.stringify([SCHEMA]) } }),
    ]);
    const upstreams = {
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${grpcServer.port}`,
      APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${worker.port}`,
    };
    const [gateway, cronServer] = await Promise.all([
      startApp('gateway', { env: { ...own, ...upstreams } }),
      startApp('cron-server', { env: { ...own, ...upstreams, APP__SCHEDULING__JOBS: EVERY_SECOND } }),
    ]);
    const apps = { gateway, 'grpc-server': grpcServer, worker, 'cron-server': cronServer };
    await Promise.all(Object.values(apps).map((app) => app.ready({ within: 60_000 })));
    return new TracedFixture(receiver, apps);
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.apps).map((app) => app.stop()));
    await this.receiver.stop();
    await emptyStores();
  }
}

const COMMON = { APP__TELEMETRY__TRACES__ENABLED: 'true', APP__LOGGING__LEVEL: 'debug' };
const EVERY_SECOND = JSON.stringify({ 'messages.purge': { cron: '* * * * * *' } });

async function emptyStores(): Promise<void> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
  await client.end();
  const state = new Redis(redisUrl);
  await state.flushdb();
  state.disconnect();
}
