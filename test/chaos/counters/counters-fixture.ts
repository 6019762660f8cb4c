import { randomBytes } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { parse } from 'yaml';
import { type AppProcess, launch, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { freePort } from '../../support/network/free-port.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { ScratchRedisServer } from '../../support/servers/scratch-redis-server.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { migrateApp } from '../../support/apps/migrate-app.js';

const { postgres } = parse(readFileSync('config/test.yaml', 'utf8')) as { postgres: { url: string } };

/** The increments of this time may be lost with Redis's data, in milliseconds. */
export const DRAIN_INTERVAL_MS = 1000;

interface Place {
  port: number;
  managementPort: number;
}

/** Counters from the gateway to the worker, with their own Redis and schemas, each behind a proxy for failures. */
export class CountersFixture {
  private readonly places: Place[] = [];
  private readonly servers: AppProcess[] = [];
  private worker: AppProcess | undefined;
  private edge: AppProcess | undefined;
  /** The name of its schema and the type of its counters. */
  readonly name = `chaos_${randomBytes(5).toString('hex')}`;

  private constructor(
    readonly redis: ScratchRedisServer,
    readonly toRedis: TcpProxy,
    readonly toPostgres: TcpProxy,
    private readonly observer: pg.Client,
  ) {}

  static async start({ replicas = 1, worker = false } = {}): Promise<CountersFixture> {
    const redis = await ScratchRedisServer.start({ args: ['--maxmemory-policy', 'noeviction'] });
    const { hostname, port } = new URL(postgres.url);
    const observer = new pg.Client(postgres.url);
    await observer.connect();
    const [toRedis, toPostgres] = [
      await TcpProxy.before({ port: redis.port }),
      await TcpProxy.before({ host: hostname, port: Number(port) }),
    ];
    const fixture = new CountersFixture(redis, toRedis, toPostgres, observer);
    try {
      await fixture.open(replicas, worker);
    } catch (error) {
      await fixture.close();
      throw error;
    }
    return fixture;
  }

  get gateway(): AppProcess {
    if (!this.edge) throw new Error('The fixture is not open.');
    return this.edge;
  }

  /** The counters in PostgreSQL. */
  async ledger(): Promise<Map<string, number>> {
    const { rows } = await this.observer.query<{ resource_id: string; value: string }>(
      `SELECT resource_id, value FROM ${this.name}.counter`,
    );
    return new Map(rows.map((row) => [row.resource_id, Number(row.value)]));
  }

  /** The value of a counter through every layer; undefined for a 503. */
  async read(id: string): Promise<number | undefined> {
    const reply = await this.gateway.http.get(`/api/v1/counter/${id}/${this.name}`);
    if (reply.status === 200) return Number(reply.json()['current_value']);
    if (reply.status === 503) return undefined;
    throw new Error(`a read was answered ${reply.status} ${reply.text}`);
  }

  /** Waits until PostgreSQL has every increment. */
  async drained(): Promise<void> {
    const asked = Date.now() / 1000;
    await eventually(
      async () => {
        for (const server of this.servers) {
          const page = new MetricsPage((await server.management.get('/metrics')).text);
          const isCurrent = page.sum('counter_journal_measured_timestamp_seconds') > asked;
          if (!isCurrent || page.sum('counter_drain_lag_seconds') !== 0)
            throw new Error('the journal is not drained');
        }
      },
      { within: 20_000 },
    );
  }

  /** The ranking that the worker has computed from the events of a counter type. */
  async ranking(): Promise<Map<string, number>> {
    const path = `/api/v1/counter/top?counter_type=${this.name}&window=all&limit=100`;
    const reply = await this.gateway.http.get(path);
    const { items } = reply.json<{ items: { resource_id: string; value: number }[] }>();
    return new Map(items.map(({ resource_id, value }) => [resource_id, value]));
  }

  /** Kills one grpc-server with SIGKILL, and starts another in its place. */
  async killServer(index = 0): Promise<void> {
    const [old, place] = [this.servers[index], this.places[index]];
    if (!old || !place) throw new Error(`There is no server ${index}.`);
    old.signal('SIGKILL');
    await old.exited;
    this.servers[index] = launch('grpc-server', { ...place, env: this.env });
    await this.servers[index].ready();
  }

  cutRedis(): void {
    this.toRedis.cut();
    this.toRedis.restore();
  }

  /** Saves the current data of Redis to a file. */
  async saveRedis(): Promise<void> {
    const client = this.redis.client();
    await client.save();
    client.disconnect();
    await copyFile(join(this.redis.folder, 'dump.rdb'), join(this.redis.folder, 'older.rdb'));
  }

  /** Kills Redis with SIGKILL, and starts it with the data of `saveRedis`, or with none. */
  async killRedis(then: 'older' | 'empty'): Promise<void> {
    await this.redis.kill();
    await rm(join(this.redis.folder, 'dump.rdb'), { force: true });
    if (then === 'older')
      await copyFile(join(this.redis.folder, 'older.rdb'), join(this.redis.folder, 'dump.rdb'));
    await this.redis.restart();
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.stop()));
    await Promise.all([this.toRedis.close(), this.toPostgres.close(), this.redis.remove()]);
    await this.observer.query(`DROP SCHEMA IF EXISTS ${this.name} CASCADE`);
    await this.observer.end();
  }

  private async open(replicas: number, worker: boolean): Promise<void> {
    await migrateApp('grpc-server', this.env);
    if (worker) this.worker = await startApp('worker', { env: this.workerEnv });
    for (let index = 0; index < replicas; index++) {
      const place = { port: await freePort(), managementPort: await freePort() };
      this.places.push(place);
      this.servers.push(launch('grpc-server', { ...place, env: this.env }));
    }
    this.edge = await startApp('gateway', {
      env: {
        APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `ipv4:${this.places.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
        ...(this.worker && { APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${this.worker.port}` }),
      },
    });
    await Promise.all(this.apps.map((app) => app.ready()));
  }

  private get apps(): AppProcess[] {
    return [this.edge, this.worker, ...this.servers].filter((app) => app !== undefined);
  }

  private get env(): Record<string, string> {
    const url = new URL(postgres.url);
    url.port = String(this.toPostgres.port);
    return {
      APP__POSTGRES__URL: url.href,
      APP__POSTGRES__SCHEMA: this.name,
      APP__REDIS__STATE__URL: `redis://127.0.0.1:${this.toRedis.port}`,
      APP__COUNTERS__DRAIN_INTERVAL: `${DRAIN_INTERVAL_MS}ms`,
      APP__TELEMETRY__TRACES__ENABLED: 'false',
    };
  }

  /** The ranking is shared by every worker on this stack, since they consume the same queue. */
  private get workerEnv(): Record<string, string> {
    return { APP__MESSAGING__RELAY__SOURCES: JSON.stringify([this.name]) };
  }
}
