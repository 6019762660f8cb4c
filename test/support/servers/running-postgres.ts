import { loadConfig } from '@app/config';
import { postgresConfig } from '@app/postgres';
import pg from 'pg';
import type { AppName } from '../apps/app-process.js';

/**
 * Runs one query on the database of an app.
 *
 * @param environment the environment of the app's process; by default that of the running system
 */
export async function askDatabase<Row extends pg.QueryResultRow>(
  app: AppName,
  sql: string,
  parameters: readonly unknown[] = [],
  environment: NodeJS.ProcessEnv = { ...process.env, APP_ENV: 'test' },
): Promise<Row[]> {
  const store = await loadConfig({ app, definitions: [postgresConfig], environment });
  const { url, schema } = store.handle(postgresConfig).current;
  const client = new pg.Client({ connectionString: url.href, options: `-c search_path=${schema}` });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...parameters])).rows;
  } finally {
    await client.end();
  }
}
