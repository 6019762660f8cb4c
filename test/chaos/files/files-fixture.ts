import { isDeepStrictEqual } from 'node:util';
import { type AppName, type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { ScratchPostgres } from '../../support/servers/scratch-postgres.js';
import { ScratchRedisServer } from '../../support/servers/scratch-redis-server.js';
import { ScratchS3 } from '../../support/servers/scratch-s3.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';
import { migrateApp } from '../../support/apps/migrate-app.js';

/** Sweeps each second, and files older than a second: no upload is in flight when a test starts a sweep. */
const EAGER_SWEEP = {
  APP__FILES__SWEEP_GRACE: '1s',
  APP__SCHEDULING__JOBS: JSON.stringify({ 'files.sweep': { cron: '* * * * * *' } }),
};

/** A gateway and a grpc-server with their own object store, schemas and Redis, which a test may break. */
export class FilesFixture {
  private readonly env: Record<string, string>;
  private runningGateway: AppProcess | undefined;
  private server: AppProcess | undefined;

  private constructor(
    readonly s3: ScratchS3,
    /** The proxy between the apps and the object store. */
    readonly network: TcpProxy,
    private readonly postgres: ScratchPostgres,
    private readonly cron: ScratchPostgres,
    private readonly redis: ScratchRedisServer,
    env: Record<string, string>,
  ) {
    this.env = {
      ...env,
      APP__S3__ENDPOINT: `http://127.0.0.1:${network.port}`,
      APP__LOCKS__SCHEMA: cron.schema,
      APP__REDIS__STATE__URL: redis.url,
    };
  }

  static async start(env: Record<string, string> = {}): Promise<FilesFixture> {
    const [s3, postgres, cron, redis] = await Promise.all([
      ScratchS3.start(),
      ScratchPostgres.create(),
      ScratchPostgres.create(),
      ScratchRedisServer.start(),
    ]);
    const fixture = new FilesFixture(
      s3,
      await TcpProxy.before({ port: s3.port }),
      postgres,
      cron,
      redis,
      env,
    );
    try {
      await Promise.all([fixture.migrate('grpc-server', postgres), fixture.migrate('cron-server', cron)]);
      // In sequence: a gateway without a server waits before it retries.
      fixture.server = await startApp('grpc-server', { env: fixture.of(postgres) });
      await fixture.server.ready();
      await fixture.startGateway();
      return fixture;
    } catch (error) {
      await fixture.stop();
      throw error;
    }
  }

  get gateway(): AppProcess {
    if (!this.runningGateway) throw new Error('There is no gateway yet.');
    return this.runningGateway;
  }

  /** The apps that must survive every failure of the object store. */
  get apps(): AppProcess[] {
    return [this.runningGateway, this.server].filter((app) => app !== undefined);
  }

  /** Starts another gateway in place of the previous one, which may have ended. */
  async startGateway(): Promise<void> {
    const upstream = `127.0.0.1:${this.server?.port}`;
    const env = { ...this.env, APP__UPSTREAMS__GRPC_SERVER__ADDRESS: upstream };
    this.runningGateway = await startApp('gateway', { env });
    await this.runningGateway.ready();
  }

  /** The keys of the records. */
  async records(): Promise<string[]> {
    return (await this.postgres.execute<{ key: string }>('SELECT key FROM file')).map(({ key }) => key);
  }

  async metrics(): Promise<MetricsPage> {
    return new MetricsPage((await this.gateway.management.get('/metrics')).text);
  }

  /** All data of files, in the object store and in the register. */
  async remains(): Promise<{ objects: string[]; unfinished: string[]; records: string[] }> {
    const [objects, unfinished, records] = await Promise.all([
      this.s3.objects(),
      this.s3.unfinished(),
      this.records(),
    ]);
    return { objects, unfinished, records };
  }

  /** Runs a cron-server, which sweeps until only these files are left. */
  async sweptTo(keys: readonly string[], { within = 20_000 }: { within?: number } = {}): Promise<void> {
    const upstream = `127.0.0.1:${this.server?.port}`;
    const env = { ...this.of(this.cron), ...EAGER_SWEEP, APP__UPSTREAMS__GRPC_SERVER__ADDRESS: upstream };
    const cron = await startApp('cron-server', { env });
    try {
      await cron.ready();
      const wanted = { objects: keys, unfinished: [], records: keys };
      const look = async (): Promise<void> => {
        const found = await this.remains();
        if (!isDeepStrictEqual(found, wanted)) throw new Error(`still there: ${JSON.stringify(found)}`);
      };
      await eventually(look, { within, every: 100 });
    } finally {
      await cron.stop();
    }
  }

  async stop(): Promise<void> {
    this.network.restore();
    this.s3.resume();
    await Promise.all(this.apps.map((app) => app.stop()));
    await this.network.close();
    await Promise.all([this.s3.drop(), this.postgres.drop(), this.cron.drop(), this.redis.remove()]);
  }

  private of(postgres: ScratchPostgres): Record<string, string> {
    return { ...this.env, APP__POSTGRES__SCHEMA: postgres.schema };
  }

  private async migrate(app: AppName, postgres: ScratchPostgres): Promise<void> {
    await migrateApp(app, this.of(postgres));
  }
}
