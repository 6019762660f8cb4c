import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppName, type AppProcess, launch, startApp } from '../../support/apps/app-process.js';
import { ScratchPostgresServer } from '../../support/servers/scratch-postgres-server.js';
import { ScratchRabbitMq } from '../../support/servers/scratch-rabbitmq.js';
import { ScratchRedisServer } from '../../support/servers/scratch-redis-server.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { migrateApp } from '../../support/apps/migrate-app.js';

export interface MessagesFixtureOptions {
  /** The apps that run with the worker. @default ['gateway'] */
  beside?: readonly AppName[];
  /** Settings of every app. */
  env?: Record<string, string>;
}

/** A task that had its effect, and the number that its sender gave it. */
export interface Effect {
  messageId: string;
  number: number;
}

/**
 * Messages from the gateway to the worker, on their own RabbitMQ, PostgreSQL and Redis. Proxies simulate failures
 * before the broker (one for each app) and before the worker's PostgreSQL.
 */
export class MessagesFixture {
  readonly apps = new Map<AppName, AppProcess>();

  private constructor(
    readonly broker: ScratchRabbitMq,
    readonly postgres: ScratchPostgresServer,
    private readonly redis: ScratchRedisServer,
    readonly gatewayToBroker: TcpProxy,
    readonly workerToBroker: TcpProxy,
    readonly workerToPostgres: TcpProxy,
    private readonly mailFolder: string,
    private readonly env: Record<string, string>,
  ) {}

  static async start({
    beside = ['gateway'],
    env = {},
  }: MessagesFixtureOptions = {}): Promise<MessagesFixture> {
    const [broker, postgres, redis] = await Promise.all([
      ScratchRabbitMq.start(),
      ScratchPostgresServer.start(),
      ScratchRedisServer.start(),
    ]);
    const proxies = [broker, broker, postgres].map(({ port }) => TcpProxy.before({ port }));
    const [gatewayToBroker, workerToBroker, workerToPostgres] = (await Promise.all(proxies)) as [
      TcpProxy,
      TcpProxy,
      TcpProxy,
    ];
    const fixture = new MessagesFixture(
      broker,
      postgres,
      redis,
      gatewayToBroker,
      workerToBroker,
      workerToPostgres,
      await mkdtemp(join(tmpdir(), 'scratch-mail-')),
      env,
    );
    try {
      await fixture.open(beside);
    } catch (error) {
      await fixture.close();
      throw error;
    }
    return fixture;
  }

  app(name: AppName): AppProcess {
    const app = this.apps.get(name);
    if (!app) throw new Error(`The fixture has no ${name}.`);
    return app;
  }

  /** Starts an app on the ports of the one that has ended, since the other apps have only these addresses. */
  async startApp(name: AppName, env: Record<string, string> = {}): Promise<AppProcess> {
    const before = this.apps.get(name);
    const options = { env: { ...this.envOf(name), ...env } };
    const app = before ? launch(name, { ...portsOf(before), ...options }) : await startApp(name, options);
    this.apps.set(name, app);
    return app.ready();
  }

  /** Kills an app with SIGKILL: connections break at once, and their data is lost. */
  async killApp(name: AppName): Promise<void> {
    this.app(name).signal('SIGKILL');
    await this.app(name).exited;
  }

  /** Kills an app with SIGKILL, and starts another in its place. */
  async restartApp(name: AppName): Promise<void> {
    await this.killApp(name);
    await this.startApp(name);
  }

  /** Ends all failures, and deletes the data of earlier messages. */
  async mend(): Promise<void> {
    for (const proxy of this.proxies) proxy.restore();
    for (const [name, { hasExited }] of this.apps) if (hasExited) await this.startApp(name);
    // One table at a time: the worker may lock them in another order.
    for (const table of ['task', 'inbox', 'outbox', 'dead_letter'])
      await this.postgres.execute(`TRUNCATE worker.${table} CASCADE`);
  }

  /** The effects of the tasks. The table has no constraint against duplicates. */
  async effects(): Promise<Effect[]> {
    const sql = `SELECT message_id AS "messageId", (payload ->> 'number')::integer AS number FROM worker.task`;
    return this.postgres.execute<Effect & Record<string, unknown>>(sql);
  }

  /** The number of effects, duplicates included. */
  async effectCount(): Promise<number> {
    const [row] = await this.postgres.execute<{ n: number }>(
      'SELECT count(*)::integer AS n FROM worker.task',
    );
    return row?.n ?? 0;
  }

  /** The number of sent mails; each message counts once. */
  async mails(): Promise<number> {
    return (await readdir(this.mailFolder)).length;
  }

  async deadLetters(): Promise<{ reason: string; queue: string }[]> {
    return this.postgres.execute('SELECT reason, queue FROM worker.dead_letter');
  }

  /** Deletes all data of Redis. */
  async loseRedis(): Promise<void> {
    const client = this.redis.client();
    await client.flushall();
    client.disconnect();
  }

  /** @throws when a dead letter is open although its message has had its effect */
  async assertSettled(): Promise<void> {
    const waiting = await this.postgres.execute(`
      SELECT message_id FROM worker.dead_letter JOIN worker.inbox USING (message_id, queue) WHERE status = 'dead'`);
    if (waiting.length > 0) throw new Error(`dead although done: ${JSON.stringify(waiting)}`);
  }

  async close(): Promise<void> {
    for (const app of this.apps.values()) app.signal('SIGKILL');
    await Promise.all([...this.apps.values()].map(({ exited }) => exited));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    await Promise.all([this.broker.remove(), this.postgres.remove(), this.redis.remove()]);
    await rm(this.mailFolder, { recursive: true });
  }

  private get proxies(): TcpProxy[] {
    return [this.gatewayToBroker, this.workerToBroker, this.workerToPostgres];
  }

  private async open(beside: readonly AppName[]): Promise<void> {
    const owners = ['worker', ...beside.filter((name) => name !== 'gateway')] as const;
    await Promise.all(owners.map((name) => this.migrate(name)));
    // A second effect of a message must be visible instead of failing.
    await this.postgres.execute('ALTER TABLE worker.task DROP CONSTRAINT task_pkey');
    await Promise.all(owners.map((name) => this.startApp(name)));
    // Last, since it needs the addresses of the others.
    if (beside.includes('gateway')) await this.startApp('gateway');
  }

  private async migrate(name: AppName): Promise<void> {
    await migrateApp(name, this.envOf(name));
  }

  private envOf(name: AppName): Record<string, string> {
    const toBroker = name === 'gateway' ? this.gatewayToBroker : this.workerToBroker;
    const toPostgres = name === 'worker' ? this.workerToPostgres : this.postgres;
    return {
      APP__RABBITMQ__URL: this.broker.urlAt(toBroker.port),
      APP__POSTGRES__URL: this.postgres.urlAt(toPostgres.port),
      APP__REDIS__STATE__URL: this.redis.url,
      APP__MAIL__FOLDER: this.mailFolder,
      ...this.upstream('worker'),
      ...this.upstream('grpc-server'),
      ...this.env,
    };
  }

  private upstream(name: 'worker' | 'grpc-server'): Record<string, string> {
    const app = this.apps.get(name);
    const key = `APP__UPSTREAMS__${name.replace('-', '_').toUpperCase()}__ADDRESS`;
    return app ? { [key]: `127.0.0.1:${app.port}` } : {};
  }
}

function portsOf({ port, managementPort }: AppProcess): { port: number; managementPort: number } {
  return { port, managementPort };
}
