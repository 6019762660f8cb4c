import { Metrics } from '@app/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { Notifications, PostgresModule } from '../index.js';

describe('a listener', () => {
  let scratch: ScratchPostgres;

  const start = () => scratch.start({ imports: [PostgresModule.forRoot()] });
  const notify = (channel: string, payload: string) =>
    scratch.execute('SELECT pg_notify($1, $2)', [channel, payload]);
  const sessions = () =>
    scratch.execute<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [
      `${scratch.schema}/notifications`,
    ]);

  beforeEach(async () => {
    scratch = await ScratchPostgres.create();
  });
  afterEach(() => scratch.drop());

  it('receives the notifications of its channel, and no others', async () => {
    const app = await start();
    const heard: string[] = [];
    const nameOf = (channel: string) => `${scratch.schema}.${channel}`;
    const listen = (channel: string) =>
      new Promise<void>((resolve) =>
        app.get(Notifications).listen(nameOf(channel), (payload) => heard.push(`${channel}: ${payload}`), {
          onListening: resolve,
        }),
      );
    await Promise.all(['one', 'two'].map(listen));
    for (const channel of ['three', 'two', 'one']) await notify(nameOf(channel), `for ${channel}`);
    await eventually(() => expect(heard).toEqual(['two: for two', 'one: for one']));
  });

  it('receives again after its session was lost, and is informed of the gap', async () => {
    const app = await start();
    const heard: string[] = [];
    let listening = 0;
    app.get(Notifications).listen(scratch.schema, (payload) => heard.push(payload), {
      onListening: () => (listening += 1),
    });
    await eventually(() => expect(listening).toBe(1));
    await scratch.execute('SELECT pg_terminate_backend($1)', [(await sessions())[0]?.pid]);
    await eventually(() => expect(listening).toBe(2));
    await notify(scratch.schema, 'after');
    await eventually(() => expect(heard).toEqual(['after']));
  });

  it('shares one session with the others, outside of the pool, and the last one closes it', async () => {
    const app = await start();
    const page = async () => new MetricsPage((await app.get(Metrics).expose()).body);
    const subscriptions = ['a', 'b'].map((channel) =>
      app.get(Notifications).listen(`${scratch.schema}.${channel}`, () => undefined),
    );
    await eventually(async () => expect(await sessions()).toHaveLength(1));
    expect((await page()).sum('sql_pool_connections', { state: 'busy' })).toBe(0);
    await Promise.all(subscriptions.map((subscription) => subscription.close()));
    await eventually(async () => expect(await sessions()).toEqual([]));
  });
});
