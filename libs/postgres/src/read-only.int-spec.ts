import { ServiceUrl } from '@app/config';
import { type LifecycleConfig, lifecycleConfig, Readiness } from '@app/lifecycle';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { ScratchPostgresServer } from '../../../test/support/servers/scratch-postgres-server.js';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import { TcpProxy } from '../../../test/support/network/tcp-proxy.js';
import {
  Migrator,
  Notifications,
  PostgresModule,
  PostgresUnavailableError,
  TransactionHost,
} from './index.js';

const UNCACHED: LifecycleConfig = { ...lifecycleConfig.schema.parse({}), checkCache: 0 };
const POOL_SIZE = 4;

describe('a read-only database', () => {
  let app: INestApplicationContext;
  let host: TransactionHost;

  const write = () => host.query('INSERT INTO entry VALUES (1)');
  const health = async () => (await app.get(Readiness).dependencies())['postgres'];

  const expectOutage = async () => {
    await eventually(() => expect(write()).rejects.toBeInstanceOf(PostgresUnavailableError));
    await expect(write()).rejects.toMatchObject({
      reason: 'UPSTREAM_UNAVAILABLE',
      status: { http: 503 },
      retryable: true,
      retryAfterMs: 1000,
    });
    await expect(host.run(() => write())).rejects.toBeInstanceOf(PostgresUnavailableError);
    await expect(host.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    await eventually(async () =>
      expect(await health()).toMatchObject({ status: 'down', message: expect.stringContaining('read-only') }),
    );
  };
  const expectRecovery = async () => {
    await eventually(write);
    // No session is left that would still refuse writes.
    await Promise.all(Array.from({ length: 3 * POOL_SIZE }, write));
    await eventually(async () => expect(await health()).toMatchObject({ status: 'up' }));
  };

  describe('that is read-only by the settings of its role, which a session keeps until it ends', () => {
    let scratch: ScratchPostgres;
    let role: string;

    const makeReadOnly = () => scratch.execute(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    const makeWritable = () => scratch.execute(`ALTER ROLE ${role} RESET default_transaction_read_only`);
    const endSessions = () =>
      scratch.execute('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
    const url = () => {
      const own = new URL(scratch.config.url.href);
      own.username = role;
      own.password = 'secret';
      return new ServiceUrl(own.href);
    };

    beforeEach(async () => {
      scratch = await ScratchPostgres.create();
      role = scratch.schema;
      await scratch.execute(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; CREATE TABLE entry (id integer)`);
      await scratch.execute(`GRANT ALL ON SCHEMA ${role} TO ${role}; GRANT ALL ON entry TO ${role}`);
      app = await scratch.start({
        imports: [PostgresModule.forRoot()],
        config: [[lifecycleConfig, UNCACHED]],
        postgres: { url: url(), poolSize: POOL_SIZE },
      });
      host = app.get(TransactionHost);
    });
    afterEach(async () => {
      await app.close();
      await scratch.execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await scratch.drop();
    });

    it('is unavailable for writes and not ready, and recovers although its sessions are not ended', async () => {
      await expect(write()).resolves.toEqual([]);
      await makeReadOnly();
      await endSessions();
      await expectOutage();
      await makeWritable();
      await expectRecovery();
    });

    it('replaces every session of the pool after the first refusal, at most once per interval', async () => {
      await makeReadOnly();
      await endSessions();
      await eventually(() => expect(write()).rejects.toBeInstanceOf(PostgresUnavailableError));
      const hold = () => host.query('SELECT pg_backend_pid() AS pid FROM pg_sleep(0.05)');
      // The pool may still hold a session that has just been ended.
      const before = await eventually(() => Promise.all(Array.from({ length: POOL_SIZE }, hold)));
      const opened = new Set(before.map(([row]) => (row as { pid: number }).pid));
      expect(opened.size).toBe(POOL_SIZE);
      const began = performance.now();
      const goesOn = (count: number) =>
        count < 100 || (opened.size <= POOL_SIZE && performance.now() - began < 5_000);
      for (let count = 0; goesOn(count); count++) {
        await expect(write()).rejects.toBeInstanceOf(PostgresUnavailableError);
        const [row] = await host.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        opened.add(row?.pid ?? 0);
      }
      const generations = 2 + Math.ceil((performance.now() - began) / 250);
      expect(opened.size).toBeGreaterThan(POOL_SIZE);
      expect(opened.size).toBeLessThanOrEqual(POOL_SIZE * generations);
      await makeWritable();
      await expectRecovery();
    });

    it('that refuses the login because of another password counts as an outage', async () => {
      await write();
      await scratch.execute(`ALTER ROLE ${role} PASSWORD 'changed'`);
      await endSessions();
      await eventually(() =>
        expect(host.query('SELECT 1')).rejects.toMatchObject({ status: { http: 503 }, logLevel: 'error' }),
      );
      await expect(health()).resolves.toMatchObject({ status: 'down' });
      await scratch.execute(`ALTER ROLE ${role} PASSWORD 'secret'`);
      await expectRecovery();
    });

    it('makes a migration fail as unavailable', async () => {
      await makeReadOnly();
      const config = { ...scratch.config, url: url() };
      const migrated = new Migrator(config, { entities: [], migrations: [] }).migrate();
      await expect(migrated).rejects.toBeInstanceOf(PostgresUnavailableError);
    });
  });

  describe('that has become a standby, while its address leads to the new primary only later', () => {
    let primary: ScratchPostgresServer;
    let standby: ScratchPostgresServer;
    let address: TcpProxy;
    let scratch: ScratchPostgres;

    beforeAll(async () => {
      primary = await ScratchPostgresServer.start();
      await primary.execute('CREATE TABLE public.entry (id integer)');
      standby = await primary.replica();
      address = await TcpProxy.before({ port: primary.port });
      scratch = await ScratchPostgres.create();
      app = await scratch.start({
        imports: [PostgresModule.forRoot()],
        config: [[lifecycleConfig, UNCACHED]],
        postgres: { url: new ServiceUrl(primary.urlAt(address.port)), poolSize: POOL_SIZE, schema: 'public' },
      });
      host = app.get(TransactionHost);
    });
    afterAll(async () => {
      await scratch.drop();
      await address.close();
      await standby.remove();
      await primary.remove();
    });

    const heard: string[] = [];
    const notify = (server: ScratchPostgresServer, payload: string) =>
      server.execute('SELECT pg_notify($1, $2)', ['failover', payload]);

    it('is unavailable for writes, and recovers when the standby is promoted', async () => {
      app.get(Notifications).listen('failover', (payload) => heard.push(payload));
      await eventually(async () => {
        await notify(primary, 'before');
        expect(heard).toContain('before');
      });
      await write();
      address.leadTo({ port: standby.port });
      address.cut();
      address.restore();
      await expectOutage();
      await expect(
        host.run(() => host.query('SELECT 1'), { isolation: 'SERIALIZABLE' }),
      ).rejects.toBeInstanceOf(PostgresUnavailableError);
      await standby.execute('SELECT pg_promote()');
      await expectRecovery();
      await eventually(async () => {
        await notify(standby, 'promoted');
        expect(heard).toContain('promoted');
      });
    });

    it('is replaced by the server that its address now leads to, for listeners too', async () => {
      address.leadTo({ port: primary.port });
      // The sessions stay open and still answer. Only the refusals show that the server is no longer the primary.
      await standby.execute('ALTER SYSTEM SET default_transaction_read_only = on');
      await standby.execute('SELECT pg_reload_conf()');
      await eventually(() => expect(write()).rejects.toBeInstanceOf(PostgresUnavailableError));
      await expectRecovery();
      await eventually(async () => {
        await notify(primary, 'after');
        expect(heard).toContain('after');
      });
      const sql = "SELECT FROM pg_stat_activity WHERE application_name LIKE 'public%'";
      await eventually(async () => expect(await standby.execute(sql)).toEqual([]), { within: 12_000 });
    });
  });
});
