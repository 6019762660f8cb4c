import { setTimeout as delay } from 'node:timers/promises';
import { deadlineIn, RequestContext } from '@app/context';
import { CancelledError, DeadlineExceededError } from '@app/errors';
import { Lifecycle } from '@app/lifecycle';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { PoolExhaustedError, PostgresModule, TransactionHost } from '../index.js';

describe('the end of a context', () => {
  let scratch: ScratchPostgres;
  let host: TransactionHost;

  const within = <T>(limits: { ms?: number; signal?: AbortSignal }, work: () => Promise<T>): Promise<T> =>
    new RequestContext({
      entry: 'grpc',
      operation: 'test',
      ...(limits.ms !== undefined && { deadline: deadlineIn(limits.ms) }),
      ...(limits.signal && { signal: limits.signal }),
    }).run(work);
  const running = async () => {
    const sql = `SELECT query FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'`;
    return (await scratch.execute<{ query: string }>(sql, [scratch.schema])).map(({ query }) => query);
  };
  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    const app = await scratch.start({ imports: [PostgresModule.forRoot()], postgres: { poolSize: 2 } });
    host = app.get(TransactionHost);
    await scratch.execute('CREATE TABLE entry (name text PRIMARY KEY)');
  });
  afterAll(() => scratch.drop());

  it('by its deadline cancels the statement on the server too', async () => {
    const started = performance.now();
    const outcome = within({ ms: 100 }, () => host.query('SELECT pg_sleep(30)'));
    await expect(outcome).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(performance.now() - started).toBeLessThan(1_000);
    await eventually(async () => expect(await running()).toEqual([]));
  });

  it('by its caller cancels the statement on the server too', async () => {
    const caller = new AbortController();
    const outcome = within({ signal: caller.signal }, () => host.query('SELECT pg_sleep(30)'));
    await eventually(async () => expect(await running()).toEqual(['SELECT pg_sleep(30)']));
    caller.abort();
    await expect(outcome).rejects.toBeInstanceOf(CancelledError);
    await eventually(async () => expect(await running()).toEqual([]));
  });

  it('rolls back the open transaction, and nothing of it is committed', async () => {
    const outcome = within({ ms: 100 }, () =>
      host.run(async () => {
        await host.query("INSERT INTO entry VALUES ('late')");
        await delay(150);
      }),
    );
    await expect(outcome).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(await scratch.execute('SELECT * FROM entry')).toEqual([]);
  });

  it('prevents every later statement from being sent', async () => {
    const caller = AbortSignal.abort();
    const insert = () => host.query("INSERT INTO entry VALUES ('never')");
    await expect(within({ signal: caller }, insert)).rejects.toBeInstanceOf(CancelledError);
    await expect(within({ ms: 0 }, insert)).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(await scratch.execute('SELECT * FROM entry')).toEqual([]);
  });

  it('is sent to the server with the beginning of a transaction, as a fallback for cancel requests', async () => {
    const limits = await within({ ms: 5_000 }, () =>
      host.run(() =>
        host.query<{ ms: number }>(
          "SELECT setting::int AS ms FROM pg_settings WHERE name = 'statement_timeout'",
        ),
      ),
    );
    expect(limits[0]?.ms).toBeGreaterThan(4_000);
    expect(limits[0]?.ms).toBeLessThanOrEqual(5_000);
    const [outside] = await host.query<{ timeout: string }>(
      "SELECT current_setting('statement_timeout') AS timeout",
    );
    expect(outside?.timeout).toBe('30s');
  });

  it('ends the wait for a connection, long before the time limit of the wait', async () => {
    const started = performance.now();
    const busy = [1, 2].map(() =>
      within({ ms: 1_500 }, () => host.query('SELECT pg_sleep(30)')).catch(String),
    );
    const outcome = within({ ms: 50 }, () => host.query('SELECT 1'));
    await expect(outcome).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(performance.now() - started).toBeLessThan(1_200);
    await Promise.all(busy);
  });

  it('does not affect a statement of the same transaction that has more time', async () => {
    const results = await host.run(() =>
      Promise.allSettled([
        host.query("SELECT pg_sleep(0.2), 'mine' AS of"),
        within({ ms: 50 }, () => host.query('SELECT 1')),
      ]),
    );
    expect(results[0]).toMatchObject({ status: 'fulfilled', value: [{ of: 'mine' }] });
  });

  it('is not needed when a shutdown takes long, which cancels the statement on the server too', async () => {
    const app = await scratch.start({ imports: [PostgresModule.forRoot()] });
    const outcome = app.get(TransactionHost).query('SELECT pg_sleep(30)');
    await eventually(async () => expect(await running()).toEqual(['SELECT pg_sleep(30)']));
    app.get(Lifecycle).giveUp();
    await expect(outcome).rejects.toBeInstanceOf(DeadlineExceededError);
    await eventually(async () => expect(await running()).toEqual([]));
  });

  it('is not needed to end a wait for a connection, which has a time limit of its own', async () => {
    const small = await scratch.start({
      imports: [PostgresModule.forRoot()],
      postgres: { poolSize: 1, acquireTimeout: 50 },
    });
    const other = small.get(TransactionHost);
    await other.run(async () => {
      const outcome = RequestContext.detach(() => other.query('SELECT 1'));
      await expect(outcome).rejects.toBeInstanceOf(PoolExhaustedError);
      await expect(outcome).rejects.toHaveReason('QUEUE_TIMEOUT');
    });
  });
});
