import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { migrateApp } from '../../support/apps/migrate-app.js';
import { ScratchPostgresServer } from '../../support/servers/scratch-postgres-server.js';
import { ScratchRedisServer } from '../../support/servers/scratch-redis-server.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';

/** The key of a registered file for the lookups. */
export const KEY = 'chaos/file';

/** A grpc-server with its own PostgreSQL and Redis, and a proxy for failures before PostgreSQL. */
export class FilesServer {
  private constructor(
    readonly app: AppProcess,
    readonly postgres: ScratchPostgresServer,
    readonly network: TcpProxy,
    private readonly redis: ScratchRedisServer,
  ) {}

  static async start(): Promise<FilesServer> {
    const [postgres, redis] = await Promise.all([ScratchPostgresServer.start(), ScratchRedisServer.start()]);
    const network = await TcpProxy.before({ port: postgres.port });
    await migrateApp('grpc-server', { APP__POSTGRES__URL: postgres.url });
    const app = await startApp('grpc-server', {
      env: { APP__POSTGRES__URL: postgres.urlAt(network.port), APP__REDIS__STATE__URL: redis.url },
    });
    await app.ready();
    await postgres.execute(
      `INSERT INTO grpc_server.file (key, size, content_type, sha256) VALUES ($1, 1, 'text/plain', '')`,
      [KEY],
    );
    return new FilesServer(app, postgres, network, redis);
  }

  /** The sessions of the app's pool, as the server counts them. */
  async sessions(): Promise<number> {
    const sql = "SELECT count(*)::int AS number FROM pg_stat_activity WHERE application_name = 'grpc_server'";
    const [row] = await this.postgres.execute<{ number: number }>(sql);
    return row?.number ?? 0;
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.network.close();
    await Promise.all([this.postgres.remove(), this.redis.remove()]);
  }
}
