import { deadlineIn, RequestContext } from '@app/context';
import { CancelledError } from '@app/errors';
import { PostgresModule, TransactionHost } from '@app/postgres';
import { Metrics } from '@app/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm } from '../../support/assertions/form.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { ScratchPostgres } from '../../support/servers/scratch-postgres.js';

/** The number of statements. Every other one is aborted at a random moment. */
const HAMMERED = byForm({ full: 2_000, long: 10_000 });
/** How many of them compete for the two connections at the same time. */
const CLIENTS = 4;

describe('a cancelled request', () => {
  let scratch: ScratchPostgres;
  let app: INestApplicationContext;

  const metrics = async () => new MetricsPage((await app.get(Metrics).expose()).body);
  const statements = async () =>
    (await metrics()).sum('sql_query_duration_seconds_count', { operation: 'select' });
  const connections = async () => {
    const page = await metrics();
    return ['idle', 'busy', 'waiting'].map((state) => page.sum('sql_pool_connections', { state }));
  };

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    app = await scratch.start({ imports: [PostgresModule.forRoot()], postgres: { poolSize: 2 } });
  });
  afterAll(() => scratch.drop());

  it(`never cancels the statement of another, in ${HAMMERED} on two connections`, async () => {
    const host = app.get(TransactionHost);
    let begun = 0;
    const outcomes = { kept: 0, ended: 0 };
    const before = await statements();
    const client = async () => {
      while (begun < HAMMERED) {
        const mine = (begun += 1);
        const doomed = mine % 2 === 0;
        const caller = new AbortController();
        const answer = contextOf(caller.signal)
          .run(() => host.query('SELECT $1::integer AS mine, pg_sleep($2)', [mine, doomed ? 0.01 : 0]))
          .catch((error: unknown) => error);
        if (doomed) setTimeout(() => caller.abort(), Math.random() * 12);
        const outcome = await answer;
        const ended = doomed && outcome instanceof CancelledError;
        expect(ended ? [{ mine }] : outcome).toMatchObject([{ mine }]);
        outcomes[ended ? 'ended' : 'kept'] += 1;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const endedWhileRunning = (await statements()) - before - outcomes.kept;
    expect(endedWhileRunning).toBeGreaterThan(HAMMERED / 20);
    await eventually(async () => expect((await connections()).slice(1)).toEqual([0, 0]));
    expect((await connections())[0]).toBeLessThanOrEqual(2);
  });
});

function contextOf(signal: AbortSignal): RequestContext {
  return new RequestContext({ entry: 'grpc', operation: 'test', signal, deadline: deadlineIn(30_000) });
}
