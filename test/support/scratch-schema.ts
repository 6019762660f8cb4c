import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AppName } from './app-process.js';
import { ScratchPostgres } from './scratch-postgres.js';

const execute = promisify(execFile);

/** A schema for an app process of a test, migrated as the app would have it; `postgres.drop` removes it. */
export class ScratchSchema {
  private constructor(
    readonly postgres: ScratchPostgres,
    readonly env: Record<string, string>,
  ) {}

  static async of(app: AppName): Promise<ScratchSchema> {
    const postgres = await ScratchPostgres.create();
    const env = { APP__POSTGRES__SCHEMA: postgres.schema, APP__LOCKS__SCHEMA: postgres.schema };
    const variables = { ...process.env, NODE_OPTIONS: '', APP_ENV: 'test', ...env };
    await execute(process.execPath, [`dist/apps/${app}/main.js`, 'migrate'], { env: variables });
    return new ScratchSchema(postgres, env);
  }
}
