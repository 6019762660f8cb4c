import { Readiness } from '@app/lifecycle';
import { LocksModule } from '@app/locks';
import { ConsumerModule } from '@app/messaging';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { CountersModule } from './counters.module.js';

const imports = [LocksModule.forRoot({ owner: true, elections: true }), ConsumerModule, CountersModule];

describe('the pruner of the ranking', () => {
  let workers: ScratchWorker[];
  let running: ScratchWorker[];

  const execute = (sql: string) => workers[0]?.postgres.execute(sql);
  const count = async () => (await execute('SELECT minute FROM counter_minute'))?.length;
  const outdate = () =>
    execute(
      `INSERT INTO counter_minute (counter_type, resource_id, value, minute)
       VALUES ('views', 'old', 1, now() - interval '26 hours'), ('views', 'new', 1, now())
       ON CONFLICT DO NOTHING`,
    );
  const leads = async (worker: ScratchWorker) => {
    const { notes } = await worker.app.get(Readiness).report();
    return notes?.['elections']?.['counter-ranking-pruner'] === 'leading';
  };
  const leaders = async (among: readonly ScratchWorker[]) => {
    const found = await Promise.all(among.map(leads));
    return among.filter((_, index) => found[index]);
  };

  beforeEach(async () => {
    const first = await ScratchWorker.start({ imports });
    const { schema } = first.postgres;
    const environment = { APP__POSTGRES__SCHEMA: schema, APP__LOCKS__SCHEMA: schema };
    workers = [first, await ScratchWorker.start({ imports, environment })];
    running = workers;
  });
  afterEach(async () => {
    for (const worker of running) await worker.app.close();
    for (const worker of workers) await worker.postgres.drop();
  });

  it('is one worker of all, and another one once that has stopped', async () => {
    await eventually(async () => expect(await leaders(workers)).toHaveLength(1));
    const [leader] = await leaders(workers);
    running = workers.filter((worker) => worker !== leader);
    await outdate();
    expect(await count()).toBe(2);
    await leader?.app.close();
    await eventually(async () => expect(await leaders(running)).toHaveLength(1));
    await eventually(async () => expect(await count()).toBe(1));
  });
});
