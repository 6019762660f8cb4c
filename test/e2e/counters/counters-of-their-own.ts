import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import type { HttpClient } from '../../support/network/http-client.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';

const SCHEMA = 'e2e_counters';
/** Used by no other spec: integration specs use 1 and above by worker, the running system uses 0. */
const REDIS_DATABASE = 15;

const { postgres, redis } = parse(readFileSync('config/test.yaml', 'utf8')) as {
  postgres: { url: string };
  redis: { state: { url: string } };
};
const redisUrl = new URL(`/${REDIS_DATABASE}`, redis.state.url).href;

/** A gateway and a grpc-server with their own Redis database and schema, which can be emptied and restarted. */
export class CountersOfTheirOwn {
  private apps: AppProcess[] = [];

  private constructor(private readonly toPostgres: TcpProxy) {}

  static async start(): Promise<CountersOfTheirOwn> {
    await execute(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    const { hostname, port } = new URL(postgres.url);
    const own = new CountersOfTheirOwn(await TcpProxy.before({ host: hostname, port: Number(port) }));
    await own.emptyRedis();
    await promisify(execFile)(process.execPath, ['dist/apps/grpc-server/main.js', 'migrate'], {
      env: own.env,
    });
    await own.startApps();
    return own;
  }

  get http(): HttpClient {
    return this.app(1).http;
  }

  /** The lag of PostgreSQL, as the grpc-server measures it from now on; 0 when PostgreSQL has everything. */
  async drainLag(): Promise<number> {
    const asked = Date.now() / 1000;
    return eventually(async () => {
      const page = new MetricsPage((await this.app(0).management.get('/metrics')).text);
      if (page.sum('counter_journal_measured_timestamp_seconds') <= asked)
        throw new Error('not measured yet');
      return page.sum('counter_drain_lag_seconds');
    });
  }

  async emptyRedis(): Promise<void> {
    const client = new Redis(redisUrl);
    await client.flushdb();
    client.disconnect();
  }

  /** Stores a counter in PostgreSQL. */
  async record(id: string, value: number): Promise<void> {
    await execute(
      `INSERT INTO ${SCHEMA}.counter (resource_id, counter_type, value) VALUES ('${id}', 'view', ${value})`,
    );
  }

  async restart(): Promise<void> {
    await this.stopApps();
    await this.startApps();
  }

  /** Runs `work` while the grpc-server cannot reach PostgreSQL. */
  /** Resolves once counters can be loaded again: a circuit that opened meanwhile has closed. */
  async withoutPostgres(work: () => Promise<void>): Promise<void> {
    this.toPostgres.cut();
    try {
      await work();
    } finally {
      this.toPostgres.restore();
      await this.loadsCounters();
    }
  }

  /** Waits until a counter can be loaded. */
  private async loadsCounters(): Promise<void> {
    const unknown = `/api/v1/counter/${randomUUID()}/view`;
    await eventually(
      async () => {
        const { status } = await this.http.get(unknown);
        if (status !== 200) throw new Error(`counters cannot be loaded yet: ${status}`);
      },
      { within: 20_000 },
    );
  }

  async stop(): Promise<void> {
    await this.stopApps();
    await this.toPostgres.close();
    await execute(`DROP SCHEMA ${SCHEMA} CASCADE`);
  }

  private get env(): Record<string, string> {
    const url = new URL(postgres.url);
    url.port = String(this.toPostgres.port);
    const own = {
      APP__POSTGRES__URL: url.href,
      APP__POSTGRES__SCHEMA: SCHEMA,
      APP__REDIS__STATE__URL: redisUrl,
    };
    return { ...(process.env as Record<string, string>), APP_ENV: 'test', ...own };
  }

  private async startApps(): Promise<void> {
    const server = await startApp('grpc-server', { env: this.env });
    const address = `127.0.0.1:${server.port}`;
    const gateway = await startApp('gateway', {
      env: { ...this.env, APP__UPSTREAMS__GRPC_SERVER__ADDRESS: address },
    });
    this.apps = [await server.ready(), await gateway.ready()];
    // The gateway pauses between its attempts to connect, the first of which the starting server refused.
    await this.loadsCounters();
  }

  private async stopApps(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.stop()));
  }

  private app(index: number): AppProcess {
    const app = this.apps[index];
    if (!app) throw new Error('The apps do not run.');
    return app;
  }
}

async function execute(sql: string): Promise<void> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
