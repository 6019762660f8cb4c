import { collectFeatures, Migrator } from '@app/postgres';
import type { Type } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchPostgres } from '../support/servers/scratch-postgres.js';

const APPS: readonly [name: string, module: () => Promise<object>][] = [
  ['grpc-server', () => import('../../apps/grpc-server/src/grpc-server.module.js')],
  ['cron-server', () => import('../../apps/cron-server/src/cron-server.module.js')],
  ['worker', () => import('../../apps/worker/src/worker.module.js')],
];

describe.each(APPS)('the database of %s', (name, load) => {
  let scratch: ScratchPostgres;
  let migrator: Migrator;

  beforeEach(async () => {
    const [module] = Object.values(await load()) as Type[];
    if (!module) throw new Error(`${name} has no module`);
    scratch = await ScratchPostgres.create();
    migrator = new Migrator(scratch.config, await collectFeatures(module));
    await migrator.migrate();
  });
  afterEach(() => scratch.drop());

  it('is after its migrations as its entities declare it', async () => {
    expect(await migrator.difference()).toEqual({ up: [], down: [] });
  });

  it('is empty when every migration has been taken back, whatever the name of its schema', async () => {
    while ((await migrator.rollback()) !== undefined);
    const tables = await scratch.execute<{ name: string }>(
      'SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = $2',
      [scratch.schema, 'r'],
    );
    expect(tables).toEqual([{ name: 'migrations' }]);
  });
});
