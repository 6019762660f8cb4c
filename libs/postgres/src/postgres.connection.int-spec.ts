import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ServiceUrl } from '@app/config';
import { Lifecycle, type LifecycleConfig, lifecycleConfig, Readiness } from '@app/lifecycle';
import { Metrics } from '@app/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import { PostgresModule, PostgresUnavailableError, TransactionHost } from './index.js';

/** A proxy to the database that can be opened and cut. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;

  constructor(private readonly target: URL) {}

  async open(): Promise<void> {
    this.server = createServer((inbound) => {
      const outbound = connect(Number(this.target.port || 5432), this.target.hostname);
      for (const socket of [inbound, outbound]) this.sockets.add(socket.on('error', () => undefined));
      inbound.pipe(outbound).pipe(inbound);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    if (this.server) await once(this.server, 'close');
    this.server = undefined;
  }
}

const settings = (startTimeout: number): LifecycleConfig => ({
  drainWait: 0,
  shutdownTimeout: 5_000,
  startTimeout,
  checkTimeout: 500,
  checkInterval: 10_000,
  checkCache: 0,
});

describe('the connection to PostgreSQL', () => {
  let scratch: ScratchPostgres;
  let wire: Wire;

  const start = (startTimeout: number) => {
    const url = new URL(scratch.config.url.href);
    url.host = `127.0.0.1:${wire.port}`;
    return scratch.start({
      imports: [PostgresModule.forRoot()],
      config: [[lifecycleConfig, settings(startTimeout)]],
      postgres: { url: new ServiceUrl(url.href) },
    });
  };

  beforeEach(async () => {
    scratch = await ScratchPostgres.create();
    wire = new Wire(new URL(scratch.config.url.href));
    await wire.open();
  });
  afterEach(async () => {
    await scratch.drop();
    await wire.cut();
  });

  it('is retried during the start until the database answers', async () => {
    await wire.cut();
    const starting = start(10_000);
    await wire.open();
    const app = await starting;
    await expect(app.get(TransactionHost).query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('fails the start when the database does not answer in time', async () => {
    await wire.cut();
    await expect(start(150)).rejects.toBeInstanceOf(PostgresUnavailableError);
  });

  it.each([
    ['a wrong password', { password: 'guessed' }, /password authentication failed/],
    ['a missing database', { pathname: '/no_such_database' }, /does not exist/],
  ])('fails the start at once because of %s', async (_what, change, message) => {
    const url = Object.assign(new URL(scratch.config.url.href), change);
    const starting = scratch.start({
      imports: [PostgresModule.forRoot()],
      config: [[lifecycleConfig, settings(2_000)]],
      postgres: { url: new ServiceUrl(url.href) },
    });
    // At the end of the time for the start it would be PostgresUnavailableError.
    await expect(starting).rejects.toThrow(message);
  });

  it('reports unavailable and not ready while it is cut, and recovers by itself', async () => {
    const app = await start(10_000);
    const host = app.get(TransactionHost);
    const health = async () => (await app.get(Readiness).dependencies())['postgres']?.status;
    app.get(Lifecycle).markReady();
    await expect(health()).resolves.toBe('up');
    await wire.cut();
    await expect(host.query('SELECT 1')).rejects.toBeInstanceOf(PostgresUnavailableError);
    await expect(host.run(() => host.query('SELECT 1'))).rejects.toBeInstanceOf(PostgresUnavailableError);
    await expect(health()).resolves.toBe('down');
    await wire.open();
    await expect(host.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    await expect(health()).resolves.toBe('up');
  });

  it('exports the state of its pool and the duration of its statements as metrics', async () => {
    const app = await start(10_000);
    await app.get(TransactionHost).query('SELECT 1');
    const { body } = await app.get(Metrics).expose();
    expect(body).toMatch(/sql_pool_connections\{state="idle"\} 1/);
    expect(body).toMatch(/sql_query_duration_seconds_count\{operation="select"\} [1-9]/);
    expect(body).toMatch(/sql_pool_connections\{state="waiting"\} 0/);
    expect(body).toMatch(new RegExp(`sql_pool_size ${app.get(DataSource).options.poolSize}\n`));
  });

  it('sends no statement for a scrape, even for many at once', async () => {
    const app = await start(10_000);
    const metrics = app.get(Metrics);
    const statements = async () =>
      new MetricsPage((await metrics.expose()).body).sum('sql_query_duration_seconds_count');
    const before = await statements();
    const pages = await Promise.all(Array.from({ length: 20 }, () => metrics.expose()));
    for (const { body } of pages) expect(body).toMatch(/sql_pool_connections\{state="waiting"\} 0/);
    expect(await statements()).toBe(before);
  });

  it('counts failures by reason, and exports each reason from 0', async () => {
    const app = await start(10_000);
    const host = app.get(TransactionHost);
    const failures = async (kind: string) =>
      new MetricsPage((await app.get(Metrics).expose()).body).sum('sql_failures_total', { kind });
    expect((await app.get(Metrics).expose()).body).toContain(
      'sql_failures_total{class="refused",kind="statement"} 0',
    );
    await expect(host.query('SELECT nothing')).rejects.toThrow('does not exist');
    await expect(host.query('SELECT 1 / 0')).rejects.toThrow('cannot store');
    expect([await failures('statement'), await failures('data')]).toEqual([1, 1]);
    await wire.cut();
    await expect(host.query('SELECT 1')).rejects.toBeInstanceOf(PostgresUnavailableError);
    await expect(host.query('SELECT 1')).rejects.toBeInstanceOf(PostgresUnavailableError);
    expect(await failures('unavailable')).toBeGreaterThan(0);
    await wire.open();
  });
});
