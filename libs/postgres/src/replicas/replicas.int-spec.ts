import { Readiness } from '@app/lifecycle';
import { ServiceUrl } from '@app/config';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { ScratchPostgresServer } from '../../../../test/support/servers/scratch-postgres-server.js';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { PostgresModule, TransactionHost } from '../index.js';

const WHERE = 'SELECT pg_is_in_recovery() AS replica';

describe('a read', () => {
  let primary: ScratchPostgresServer;
  let replica: ScratchPostgresServer;
  let scratch: ScratchPostgres;
  let app: INestApplicationContext;
  let host: TransactionHost;

  const health = async () => (await app.get(Readiness).dependencies())['postgres_replica_1'];

  beforeAll(async () => {
    primary = await ScratchPostgresServer.start();
    replica = await primary.replica();
    scratch = await ScratchPostgres.create();
    app = await scratch.start({
      imports: [PostgresModule.forRoot()],
      postgres: { url: new ServiceUrl(primary.url), replicas: [new ServiceUrl(replica.url)] },
    });
    host = app.get(TransactionHost);
  });
  afterAll(async () => {
    await scratch.drop();
    await replica.remove();
    await primary.remove();
  });

  it('goes to a replica that streams from the primary, while a query goes to the primary', async () => {
    await host.query('CREATE TABLE public.entry AS SELECT 1 AS id');
    await eventually(async () =>
      expect(await host.read(`${WHERE}, id FROM public.entry`)).toEqual([{ replica: true, id: 1 }]),
    );
    await expect(host.query(WHERE)).resolves.toEqual([{ replica: false }]);
    await expect(health()).resolves.toMatchObject({ status: 'up', needed: false });
  });

  it('inside a transaction is part of the transaction', async () => {
    await host.run(async () => {
      await host.query('INSERT INTO public.entry VALUES (2)');
      await expect(host.read(`${WHERE}, id FROM public.entry WHERE id = 2`)).resolves.toEqual([
        { replica: false, id: 2 },
      ]);
    });
  });

  it('with an error of its own fails as it would on the primary', async () => {
    await expect(host.read('SELECT no_such_column')).rejects.toThrow('no_such_column');
    await expect(host.read('INSERT INTO public.entry VALUES (3) RETURNING id')).rejects.toThrow('read-only');
  });

  it('goes to the primary while health reports the replica as unavailable, and back when it has returned', async () => {
    await replica.kill();
    await expect(host.read(WHERE)).resolves.toEqual([{ replica: false }]);
    await eventually(async () => expect(await health()).toMatchObject({ status: 'down', needed: false }));
    await replica.restart();
    await eventually(async () => expect(await host.read(WHERE)).toEqual([{ replica: true }]));
    await eventually(async () => expect(await health()).toMatchObject({ status: 'up' }));
  });
});
