import { ServiceUrl } from '@app/config';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import { Migrator, Notifications, PostgresModule, SearchPathError, TransactionHost } from './index.js';

/** `direct_url` declares that `url` leads to a pooler; here both lead to the server. */
describe('behind a pooler', () => {
  let scratch: ScratchPostgres;
  let role: string;

  const start = (user: string) => {
    const direct = new ServiceUrl(scratch.config.url.href);
    const url = new URL(direct.href);
    url.username = user;
    return scratch.start({
      imports: [PostgresModule.forRoot()],
      postgres: { url: new ServiceUrl(url.href), directUrl: direct, statementTimeout: 7_000 },
    });
  };

  beforeEach(async () => {
    scratch = await ScratchPostgres.create();
    role = scratch.schema;
    await scratch.execute(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'ganymede'`);
  });
  afterEach(async () => {
    await scratch.drop();
    await scratch.execute(`DROP ROLE ${role}`);
  });

  it('an app whose role has no search path does not start, and reports the remedy', async () => {
    const outcome = start(role);
    await expect(outcome).rejects.toBeInstanceOf(SearchPathError);
    await expect(outcome).rejects.toThrow(`SET search_path = ${scratch.schema}`);
  });

  it('sessions send no settings at their start, and each transaction sends all of its settings', async () => {
    await scratch.execute(`ALTER ROLE ${role} SET search_path = ${scratch.schema}`);
    const host = (await start(role)).get(TransactionHost);
    const settings = `SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout`;
    await expect(host.query(settings)).resolves.toEqual([{ path: scratch.schema, timeout: '0' }]);
    await expect(host.run(() => host.query(settings))).resolves.toEqual([
      { path: scratch.schema, timeout: '7s' },
    ]);
  });

  it('notifications use a session of `direct_url`', async () => {
    await scratch.execute(`ALTER ROLE ${role} SET search_path = ${scratch.schema}`);
    (await start(role)).get(Notifications).listen('orders', () => undefined);
    const sql = 'SELECT usename AS name FROM pg_stat_activity WHERE application_name = $1';
    const direct = new URL(scratch.config.url.href).username;
    await eventually(async () =>
      expect(await scratch.execute(sql, [`${scratch.schema}/notifications`])).toEqual([{ name: direct }]),
    );
  });

  it('migrations use `direct_url`', async () => {
    const url = new ServiceUrl('postgres://nobody@127.0.0.1:9/ganymede');
    const config = { ...scratch.config, url, directUrl: scratch.config.url };
    await expect(new Migrator(config, { entities: [], migrations: [] }).migrate()).resolves.toEqual([]);
  });
});
