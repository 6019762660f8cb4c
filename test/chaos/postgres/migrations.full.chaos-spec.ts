import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrateApp } from '../../support/apps/migrate-app.js';
import { ScratchPostgresServer } from '../../support/servers/scratch-postgres-server.js';

const PROCESSES = 3;

describe(`${PROCESSES} processes that migrate an empty database at the same time`, () => {
  let postgres: ScratchPostgresServer;

  beforeAll(async () => {
    postgres = await ScratchPostgresServer.start();
  });
  afterAll(() => postgres.remove());

  it('run each migration once, and all of them continue', async () => {
    const settings = { APP__POSTGRES__URL: postgres.url };
    const said = await Promise.all(Array.from({ length: PROCESSES }, () => migrateApp('worker', settings)));
    const ran = said.flatMap((output) =>
      [...output.matchAll(/ran (\w+) in worker/g)].map(([, name]) => name),
    );
    const recorded = await postgres.execute<{ name: string }>('SELECT name FROM worker.migrations');
    expect(ran.length).toBeGreaterThan(0);
    expect(ran.sort()).toEqual(recorded.map(({ name }) => name).sort());
  });
});
