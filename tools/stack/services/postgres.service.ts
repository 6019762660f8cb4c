import { credentials } from '../credentials.ts';
import { containerProvider } from '../providers/container.provider.ts';
import { embeddedPostgres } from '../providers/embedded-postgres.provider.ts';
import { installedPostgres } from '../providers/installed-postgres.provider.ts';
import type { Service } from '../service.ts';

const { user, password, database } = credentials;

async function query(port: number, name: string, sql: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: name,
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const noSuchDatabase = (error: unknown): boolean => (error as { code?: string }).code === '3D000';

export const postgresService: Service = {
  name: 'postgres',
  title: 'PostgreSQL',
  setting: ['postgres.url', 'DATABASE_URL'],
  providers: [embeddedPostgres, containerProvider, installedPostgres],
  remedies: ['install PostgreSQL: sudo apt-get install postgresql, brew install postgresql@17'],
  url: (port) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`,

  async answers(port) {
    try {
      await query(port, database, 'select 1');
    } catch (error) {
      if (!noSuchDatabase(error)) throw error;
      await query(port, 'postgres', `create database ${database}`);
    }
  },
};
