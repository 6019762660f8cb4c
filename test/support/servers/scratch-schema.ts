import { loadConfig } from '@app/config';
import { redisConfig } from '@app/redis';
import type { AppName } from '../apps/app-process.js';
import { ScratchPostgres } from './scratch-postgres.js';
import { migrateApp } from '../apps/migrate-app.js';

/** Used by no other spec: the running system has 0, the load suite 9 and 10, end-to-end specs 14 and 15. */
const REDIS_DATABASE = 13;

/**
 * A migrated schema for an app process of a test; `postgres.drop` removes it. Counters in Redis belong to one ledger in
 * PostgreSQL, so each schema has its own Redis database.
 */
export class ScratchSchema {
  private constructor(
    readonly postgres: ScratchPostgres,
    readonly env: Record<string, string>,
  ) {}

  static async of(app: AppName): Promise<ScratchSchema> {
    const postgres = await ScratchPostgres.create();
    const stack = { ...process.env, APP_ENV: 'test' };
    const store = await loadConfig({ app: 'grpc-server', definitions: [redisConfig], environment: stack });
    const redis = new URL(`/${REDIS_DATABASE}`, store.handle(redisConfig).current.state.url.href);
    const env = {
      APP__POSTGRES__SCHEMA: postgres.schema,
      APP__LOCKS__SCHEMA: postgres.schema,
      APP__REDIS__STATE__URL: redis.href,
    };
    await migrateApp(app, env);
    return new ScratchSchema(postgres, env);
  }
}
