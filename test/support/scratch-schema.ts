import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AppName } from './app-process.js';
import { ScratchPostgres } from './scratch-postgres.js';

const execute = promisify(execFile);

/** No other spec's: 0 is the house's, 9 and 10 are those of the load suite, 14 and 15 of end-to-end specs. */
const REDIS_DATABASE = 13;

/**
 * A schema for an app process of a test, migrated as the app would have it; `postgres.drop` removes it. Counters in
 * Redis belong to one ledger in PostgreSQL, so a schema of its own comes with a database of its own.
 */
export class ScratchSchema {
  private constructor(
    readonly postgres: ScratchPostgres,
    readonly env: Record<string, string>,
  ) {}

  static async of(app: AppName): Promise<ScratchSchema> {
    const postgres = await ScratchPostgres.create();
    const env = {
      APP__POSTGRES__SCHEMA: postgres.schema,
      APP__LOCKS__SCHEMA: postgres.schema,
      APP__REDIS__STATE__URL: `redis://127.0.0.1:26379/${REDIS_DATABASE}`,
    };
    const variables = { ...process.env, NODE_OPTIONS: '', APP_ENV: 'test', ...env };
    await execute(process.execPath, [`dist/apps/${app}/main.js`, 'migrate'], { env: variables });
    return new ScratchSchema(postgres, env);
  }
}
