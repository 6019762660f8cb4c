import { ServiceUrl } from '@app/config';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import { TcpProxy } from '../../../test/support/network/tcp-proxy.js';
import { CommitUnknownError, PostgresModule, PostgresUnavailableError, TransactionHost } from './index.js';

describe('a write whose connection breaks', () => {
  let scratch: ScratchPostgres;
  let proxy: TcpProxy;
  let host: TransactionHost;

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    const url = new URL(scratch.config.url.href);
    proxy = await TcpProxy.before({ host: url.hostname, port: Number(url.port) });
    url.host = `127.0.0.1:${proxy.port}`;
    const app = await scratch.start({
      imports: [PostgresModule.forRoot()],
      postgres: { url: new ServiceUrl(url.href) },
    });
    host = app.get(TransactionHost);
    await scratch.execute('CREATE TABLE entry (name text PRIMARY KEY)');
  });
  afterAll(async () => {
    proxy.restore();
    await scratch.drop();
    await proxy.close();
  });

  const insert = (name: string) => host.query('INSERT INTO entry (name) VALUES ($1)', [name]);
  const stored = async (name: string) =>
    (await scratch.execute<{ name: string }>('SELECT name FROM entry')).some((row) => row.name === name);
  const isStored = (name: string) => eventually(async () => expect(await stored(name)).toBe(true));
  const cut = () => {
    proxy.cut();
    proxy.restore();
  };
  const errorOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);
  const working = () => eventually(() => host.query('SELECT 1'));

  it('before COMMIT has no effect', async () => {
    await working();
    const work = host.run(async () => {
      await insert('before');
      cut();
      await insert('never');
    });
    await expect(work).rejects.toBeInstanceOf(PostgresUnavailableError);
    await expect(work).rejects.toMatchObject({ reason: 'UPSTREAM_UNAVAILABLE', outcome: undefined });
    expect(await stored('before')).toBe(false);
  });

  it('after COMMIT was sent is reported as of unknown outcome', async () => {
    await working();
    const work = host.run(async () => {
      await insert('commit');
      proxy.stall('replies');
    });
    const ended = errorOf(work);
    await isStored('commit');
    cut();
    expect(await ended).toBeInstanceOf(CommitUnknownError);
    expect(await ended).toMatchObject({
      reason: 'OUTCOME_UNKNOWN',
      details: { upstream: 'postgres', outcome: 'unknown' },
    });
  });

  it('after a statement outside of a transaction was sent is reported as of unknown outcome', async () => {
    await working();
    proxy.stall('replies');
    const ended = errorOf(insert('alone'));
    await isStored('alone');
    cut();
    expect(await ended).toMatchObject({ reason: 'OUTCOME_UNKNOWN', outcome: 'unknown' });
  });
});
