import { RankingWindow } from '@app/contracts';
import { Readiness } from '@app/lifecycle';
import { LocksModule } from '@app/locks';
import { ConsumerModule } from '@app/messaging';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { CounterRankingStore } from './counter-ranking.store.js';
import { CountersModule } from './counters.module.js';

/**
 * Stands for a replica: another database, so that its rows show where a read went. That replicas stream and are passed
 * over is the matter of `replicas.int-spec.ts` in the lib postgres.
 */
describe('the ranking with a replica', () => {
  let scratch: ScratchPostgres;
  let worker: ScratchWorker;
  let replica: pg.Client;
  const database = `replica_${process.pid}`;

  const top = async () => {
    const ranked = await worker.app.get(CounterRankingStore).top('views', RankingWindow.ALL, 10);
    return ranked.map(({ resourceId }) => resourceId);
  };
  const stands = async () => (await worker.app.get(Readiness).dependencies())['postgres_replica_1']?.status;

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    await scratch.execute(`CREATE DATABASE ${database}`);
    const url = new URL(scratch.config.url.href);
    url.pathname = `/${database}`;
    worker = await ScratchWorker.start({
      imports: [LocksModule.forRoot({ owner: true, elections: true }), ConsumerModule, CountersModule],
      environment: { APP__POSTGRES__REPLICAS: JSON.stringify([url.href]) },
    });
    const { schema } = worker.postgres;
    replica = new pg.Client(url.href);
    await replica.connect();
    await replica.query(
      `CREATE SCHEMA ${schema}
         CREATE TABLE counter_total (counter_type text, resource_id text, value bigint)`,
    );
    await replica.query(`INSERT INTO ${schema}.counter_total VALUES ('views', 'of the replica', 1)`);
  });
  afterAll(async () => {
    await replica.end();
    await worker.stop();
    await scratch.execute(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await scratch.drop();
  });

  it('is read there, and from the primary while the replica is unavailable', async () => {
    const add = (resourceId: string) =>
      worker.app
        .get(CounterRankingStore)
        .add([{ counterType: 'views', resourceId, delta: 1, at: new Date() }]);
    await eventually(async () => expect(await stands()).toBe('up'));
    await add('of the primary');
    expect(await top()).toEqual(['of the replica']);
    replica.on('error', () => undefined);
    await scratch.execute(`DROP DATABASE ${database} WITH (FORCE)`);
    await eventually(async () => expect(await top()).toEqual(['of the primary']));
  });
});
