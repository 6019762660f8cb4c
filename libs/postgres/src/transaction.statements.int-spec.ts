import { deadlineIn, RequestContext } from '@app/context';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import {
  PostgresModule,
  TransactionConflictError,
  TransactionFailedError,
  TransactionHost,
  TransactionUndoneError,
} from './index.js';
import { transactionEdgeOf } from './session/transaction.edge.js';

const INSERT = 'INSERT INTO entry (name) VALUES ($1)';

describe('the statements of a transaction', () => {
  let scratch: ScratchPostgres;
  let host: TransactionHost;
  let sent: string[];

  const insert = (name: string) => host.query(INSERT, [name]);
  const refuse = () => Promise.reject(new Error('refused'));
  const entries = async () =>
    (await scratch.execute<{ name: string }>('SELECT name FROM entry ORDER BY name')).map(({ name }) => name);

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    const app = await scratch.start({ imports: [PostgresModule.forRoot()] });
    host = app.get(TransactionHost);
  });
  afterAll(() => scratch.drop());
  beforeEach(async () => {
    await scratch.execute('DROP TABLE IF EXISTS entry');
    await scratch.execute('CREATE TABLE entry (name text PRIMARY KEY)');
    sent = [];
    const query = Reflect.get(pg.Client.prototype, 'query') as (...parameters: unknown[]) => never;
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...parameters: unknown[]
    ) {
      const [sql] = parameters;
      if (this.constructor !== pg.Client && typeof sql === 'string') sent.push(sql);
      return query.apply(this, parameters);
    });
  });
  afterEach(() => void jest.restoreAllMocks());

  it('run between START TRANSACTION and COMMIT, before the hooks', async () => {
    await host.run(async () => {
      host.afterCommit(() => void sent.push('after commit'));
      await insert('a');
    });
    expect(sent).toEqual(['START TRANSACTION', INSERT, 'COMMIT', 'after commit']);
  });

  it('are recognised by their text, which TypeORM sends for its own transactions too', async () => {
    await host.manager.transaction(() => Promise.resolve());
    await host.manager.transaction(refuse).catch(() => undefined);
    expect(sent.map(transactionEdgeOf)).toEqual(['start', 'commit', 'start', 'rollback']);
  });

  it('end with ROLLBACK when the work fails, and no hook runs', async () => {
    const outcome = host.run(async () => {
      host.afterCommit(() => void sent.push('after commit'));
      await insert('a');
      await refuse();
    });
    await expect(outcome).rejects.toThrow('refused');
    expect(sent).toEqual(['START TRANSACTION', INSERT, 'ROLLBACK']);
  });

  it('begin with the requested isolation level', async () => {
    await host.run(() => insert('a'), { isolation: 'SERIALIZABLE' });
    expect(sent).toEqual([
      'START TRANSACTION',
      'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
      INSERT,
      'COMMIT',
    ]);
  });

  it('set the time limit of each statement in the same message, when the context has a deadline', async () => {
    const context = new RequestContext({ entry: 'grpc', operation: 'test', deadline: deadlineIn(2_000) });
    await context.run(() => host.run(() => insert('a')));
    expect(sent[0]).toMatch(/^START TRANSACTION; SET LOCAL statement_timeout = (2000|1\d{3})$/);
    expect(sent.slice(1)).toEqual([INSERT, 'COMMIT']);
  });

  it('of a nested transaction use a savepoint, and its hooks run after the outermost commit', async () => {
    await host.run(async () => {
      await insert('outer');
      await host.run(async () => {
        host.afterCommit(() => void sent.push('after commit'));
        await insert('inner');
        await host.run(() => insert('innermost'));
      });
      sent.push('outer goes on');
    });
    expect(sent).toEqual([
      'START TRANSACTION',
      INSERT,
      'SAVEPOINT typeorm_1',
      INSERT,
      'SAVEPOINT typeorm_2',
      INSERT,
      'RELEASE SAVEPOINT typeorm_2',
      'RELEASE SAVEPOINT typeorm_1',
      'outer goes on',
      'COMMIT',
      'after commit',
    ]);
  });

  it('roll back only a nested transaction, with its hooks, when its failure is caught', async () => {
    await host.run(async () => {
      await insert('outer');
      const inner = host.run(async () => {
        host.afterCommit(() => void sent.push('of the inner'));
        await insert('inner');
        await insert('outer');
      });
      await expect(inner).rejects.toHaveReason('CONFLICT');
      host.afterCommit(() => void sent.push('of the outer'));
      await insert('more');
    });
    expect(sent).toEqual([
      'START TRANSACTION',
      INSERT,
      'SAVEPOINT typeorm_1',
      INSERT,
      INSERT,
      'ROLLBACK TO SAVEPOINT typeorm_1',
      INSERT,
      'COMMIT',
      'of the outer',
    ]);
    expect(await entries()).toEqual(['more', 'outer']);
  });

  it('of nested transactions that begin at the same time run one after the other', async () => {
    await host.run(async () => {
      const nested = [() => insert('a'), refuse, () => insert('c')].map((work) => host.run(work));
      const outcomes = await Promise.allSettled(nested);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    });
    expect(await entries()).toEqual(['a', 'c']);
  });

  it('join the open transaction without a savepoint on request', async () => {
    await host.run(() => host.run(() => insert('a'), { propagation: 'required' }));
    expect(sent).toEqual(['START TRANSACTION', INSERT, 'COMMIT']);
  });

  it('are not reported as committed when one of them failed and its error was ignored', async () => {
    await insert('a');
    const outcome = host.run(() => insert('a').catch(() => []));
    await expect(outcome).rejects.toBeInstanceOf(TransactionFailedError);
    const next = host.run(async () => {
      await insert('a').catch(() => []);
      await insert('b');
    });
    await expect(next).rejects.toBeInstanceOf(TransactionFailedError);
    expect(await entries()).toEqual(['a']);
  });

  it('are refused after the rollback of a nested transaction, and join the outer one after its release', async () => {
    const goOn = Promise.withResolvers<void>();
    const stragglers: Promise<unknown>[] = [];
    await host.run(async () => {
      await host.run(async () => void stragglers.push(goOn.promise.then(() => insert('released'))));
      const undone = host.run(async () => {
        stragglers.push(goOn.promise.then(() => insert('undone')));
        await refuse();
      });
      await expect(undone).rejects.toThrow('refused');
      goOn.resolve();
      const [released, late] = await Promise.allSettled(stragglers);
      expect(released?.status).toBe('fulfilled');
      expect(late).toMatchObject({ status: 'rejected', reason: expect.any(TransactionUndoneError) });
      expect(await entries()).toEqual([]);
    });
    expect(await entries()).toEqual(['released']);
  });

  describe('that conflict with another transaction', () => {
    /** Each transaction reads what the other writes: with SERIALIZABLE the server aborts one of them. */
    const writeSkew = async (retries: number): Promise<PromiseSettledResult<number>[]> => {
      const both = Promise.withResolvers<void>();
      let begun = 0;
      const one = (name: string) => {
        let attempts = 0;
        return host.run(
          async () => {
            attempts += 1;
            host.afterCommit(() => void sent.push(`committed ${name}`));
            await host.query('SELECT count(*) FROM entry');
            if ((begun += 1) === 2) both.resolve();
            await both.promise;
            await insert(name);
            return attempts;
          },
          { isolation: 'SERIALIZABLE', retries },
        );
      };
      return Promise.allSettled([one('a'), one('b')]);
    };

    it('fail in one of the two with a retryable conflict', async () => {
      const outcomes = await writeSkew(0);
      const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(failed.map(({ reason }) => reason as unknown)).toEqual([expect.any(TransactionConflictError)]);
    });

    it.each([
      [undefined, 1],
      [2, 3],
    ])('fail with 409 when `retries`, here %j, are used up', async (retries, attempts) => {
      const work = jest.fn(() => Promise.reject(TransactionConflictError.because(new Error('deadlock'))));
      const outcome = host.run(work, retries === undefined ? {} : { retries });
      await expect(outcome).rejects.toMatchObject({ reason: 'CONFLICT', status: { http: 409 } });
      expect(work).toHaveBeenCalledTimes(attempts);
    });

    it('are retried from the beginning up to the requested number of times, and the hooks run once', async () => {
      const outcomes = await writeSkew(3);
      const attempts = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 0));
      expect(new Set(attempts)).toEqual(new Set([1, 2]));
      expect(await entries()).toEqual(['a', 'b']);
      expect(sent.filter((line) => line.startsWith('committed')).sort()).toEqual([
        'committed a',
        'committed b',
      ]);
    });
  });
});
