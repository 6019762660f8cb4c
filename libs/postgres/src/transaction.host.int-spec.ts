import { RequestContext } from '@app/context';
import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import {
  PostgresModule,
  PostgresUnavailableError,
  Transactional,
  TransactionHost,
  TransactionUndoneError,
} from './index.js';

@Injectable()
class Ledger {
  constructor(private readonly host: TransactionHost) {}

  @Transactional()
  async enter(...entries: string[]): Promise<number> {
    for (const entry of entries) await this.host.query('INSERT INTO entry (name) VALUES ($1)', [entry]);
    return entries.length;
  }

  @Transactional()
  async enterAndFail(entry: string): Promise<never> {
    await this.enter(entry);
    throw new Error('refused');
  }
}

describe('a transaction', () => {
  let scratch: ScratchPostgres;
  let host: TransactionHost;
  let ledger: Ledger;

  const entries = async () =>
    (await scratch.execute<{ name: string }>('SELECT name FROM entry ORDER BY name')).map(({ name }) => name);

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    const app = await scratch.start({ imports: [PostgresModule.forRoot()], providers: [Ledger] });
    host = app.get(TransactionHost);
    ledger = app.get(Ledger);
  });
  afterAll(() => scratch.drop());
  beforeEach(async () => {
    await scratch.execute('DROP TABLE IF EXISTS entry');
    await scratch.execute('CREATE TABLE entry (name text PRIMARY KEY)');
  });

  it('commits the writes of a method that resolves, and returns its result', async () => {
    await expect(ledger.enter('a', 'b')).resolves.toBe(2);
    expect(await entries()).toEqual(['a', 'b']);
  });

  it('rolls back the writes of a method that rejects, and rejects with its error', async () => {
    await expect(ledger.enterAndFail('a')).rejects.toThrow('refused');
    expect(await entries()).toEqual([]);
  });

  it('includes the statements of code that runs inside it', async () => {
    const outcome = host.run(async () => {
      await ledger.enter('inner');
      expect(await host.query('SELECT name FROM entry')).toEqual([{ name: 'inner' }]);
      expect(await entries()).toEqual([]);
      throw new Error('outer failed');
    });
    await expect(outcome).rejects.toThrow('outer failed');
    expect(await entries()).toEqual([]);
  });

  it('does not include work that runs in parallel', async () => {
    await Promise.all([expect(ledger.enterAndFail('lost')).rejects.toThrow('refused'), ledger.enter('kept')]);
    expect(await entries()).toEqual(['kept']);
    expect(host.isOpen).toBe(false);
  });

  it('is over for work that it started and did not await', async () => {
    let late: Promise<unknown> | undefined;
    let resume: () => void = () => undefined;
    await host.run(async () => {
      const committed = new Promise<void>((resolve) => (resume = resolve));
      late = committed.then(() => ledger.enter('late'));
      await ledger.enter('early');
    });
    resume();
    await late;
    expect(await entries()).toEqual(['early', 'late']);
  });

  it('runs its hooks after the commit, when others can read its writes', async () => {
    const seen: string[][] = [];
    await host.run(async () => {
      host.afterCommit(async () => void seen.push(await entries()));
      await ledger.enter('a');
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([['a']]);
  });

  it('drops its hooks when it is rolled back', async () => {
    let called = false;
    const outcome = host.run(async () => {
      host.afterCommit(() => void (called = true));
      throw new Error('refused');
    });
    await expect(outcome).rejects.toThrow('refused');
    expect(called).toBe(false);
  });

  it('stays committed when one of its hooks fails', async () => {
    await host.run(async () => {
      host.afterCommit(() => Promise.reject(new Error('hook failed')));
      await ledger.enter('a');
    });
    expect(await entries()).toEqual(['a']);
  });

  it('has no effect after its rollback, even by work that continues', async () => {
    const goOn = Promise.withResolvers<void>();
    let straggler: Promise<unknown> = Promise.resolve();
    const outcome = host.run(async () => {
      straggler = goOn.promise.then(() => ledger.enter('too late'));
      await ledger.enterAndFail('undone');
    });
    await expect(outcome).rejects.toThrow('refused');
    goOn.resolve();
    await expect(straggler).rejects.toBeInstanceOf(TransactionUndoneError);
    expect(await entries()).toEqual([]);
  });

  it('returns the rows of UPDATE … RETURNING', async () => {
    await ledger.enter('a');
    await expect(host.query("UPDATE entry SET name = 'b' RETURNING name")).resolves.toEqual([{ name: 'b' }]);
  });

  it('begins with the requested isolation level', async () => {
    const level = await host.run(() => host.query('SHOW transaction_isolation'), {
      isolation: 'SERIALIZABLE',
    });
    expect(level).toEqual([{ transaction_isolation: 'serializable' }]);
  });

  it('fails as unavailable when its connection is cut, and the next one works', async () => {
    const outcome = host.run(async () => {
      const [session] = await host.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await scratch.execute('SELECT pg_terminate_backend($1)', [session?.pid]);
      await ledger.enter('lost');
    });
    await expect(outcome).rejects.toBeInstanceOf(PostgresUnavailableError);
    await ledger.enter('kept');
    expect(await entries()).toEqual(['kept']);
  });

  it('fails as unavailable when no connection becomes free in time', async () => {
    const small = await scratch.start({
      imports: [PostgresModule.forRoot()],
      postgres: { poolSize: 1, acquireTimeout: 50 },
    });
    const busy = small.get(TransactionHost);
    await busy.run(async () => {
      const [session] = await busy.query<{ name: string }>(
        "SELECT current_setting('application_name') AS name",
      );
      expect(session?.name).toBe(scratch.schema);
      await expect(RequestContext.detach(() => busy.query('SELECT 1'))).rejects.toBeInstanceOf(
        PostgresUnavailableError,
      );
    });
  });
});
