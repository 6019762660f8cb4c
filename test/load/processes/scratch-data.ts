import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { root } from './paths.js';

const POSTGRES = 'postgres://ganymede:ganymede@127.0.0.1:25432/ganymede';
const REDIS = 'redis://127.0.0.1:26379';

/** A PostgreSQL schema and a Redis database on the test stack, only for one grpc-server and its gateway. */
export interface ScratchData {
  /** The environment of the apps that use it. */
  readonly env: Record<string, string>;
  drop(): Promise<void>;
}

/** Empty data with the grpc-server's tables. @param redisDatabase 1 to 15; 0 is that of the tests */
export async function scratchData(name: string, redisDatabase: number): Promise<ScratchData> {
  const schema = `bench_${name.replaceAll('-', '_')}`;
  const redisUrl = `${REDIS}/${redisDatabase}`;
  const env = { APP__POSTGRES__SCHEMA: schema, APP__REDIS__STATE__URL: redisUrl };
  const drop = async () => {
    await dropSchema(schema);
    await flush(redisUrl);
  };
  await drop();
  await promisify(execFile)(
    process.execPath,
    [resolve(root, 'dist', 'apps', 'grpc-server', 'main.js'), 'migrate'],
    {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', APP_ENV: 'test', ...env },
    },
  );
  return { env, drop };
}

async function dropSchema(schema: string): Promise<void> {
  const client = new Client({ connectionString: POSTGRES });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  await client.end();
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushdb();
  await redis.quit();
}
