import { readFileSync } from 'node:fs';
import pg from 'pg';
import { parse } from 'yaml';

interface Settings {
  postgres: { url: string };
}

/** Locks the comments while `work` runs: readers and writers wait for a lock in PostgreSQL. */
export async function withLockedComments(work: () => Promise<void>): Promise<void> {
  const { postgres } = parse(readFileSync('config/test.yaml', 'utf8')) as Settings;
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE grpc_server.book_comment IN ACCESS EXCLUSIVE MODE');
    await work();
  } finally {
    await client.end();
  }
}
