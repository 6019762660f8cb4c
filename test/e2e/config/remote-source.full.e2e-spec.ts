import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { buildProgram } from '../../support/apps/build-program.js';
import { eventually } from '../../support/assertions/eventually.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { ConfigServer } from './config-server.js';

/** The longest time from a change to its effect in the contract, in milliseconds. */
const IN_EFFECT = { within: 2_000 };

describe('an app with a remote source of configuration', () => {
  let main: string;
  let folder: string;
  let server: ConfigServer;
  let app: AppProcess;

  beforeAll(async () => {
    main = await buildProgram('test/e2e/config/remotely-configured.main.ts');
    folder = await mkdtemp(join(tmpdir(), 'config-'));
    await cp('config', folder, { recursive: true });
    server = await ConfigServer.away();
    app = await start({ APP__CONFIG_SERVER__NEEDED: 'false', APP__LOGGING__LEVEL: 'info' });
    await app.ready();
  }, 60_000);

  afterEach(() => server.close());

  afterAll(async () => {
    await app.stop();
    for (const made of [folder, dirname(main)]) await rm(made, { recursive: true });
  });

  const start = (env: Record<string, string>) =>
    startApp('gateway', { main, env: { CONFIG_DIR: folder, APP__CONFIG_SERVER__URL: server.url, ...env } });
  const metric = async (name: string, labels = {}) =>
    new MetricsPage((await app.management.get('/metrics')).text).sum(name, labels);
  const config = async () => {
    const headers = { authorization: 'Bearer test-management-token' };
    return (await app.management.get('/config', { headers })).json<Record<string, Record<string, unknown>>>();
  };
  const level = async () => (await config())['logging']?.['level'];
  /** Opens the server with a document. A second read means that the app has applied the first one. */
  async function given(document: object): Promise<void> {
    server.document = document;
    await server.open();
    await eventually(() => expect(server.reads).toBeGreaterThan(1), IN_EFFECT);
    expect(await metric('config_source_up')).toBe(1);
  }

  it('starts without an optional one, logs that, and has its values once it is available', async () => {
    expect(await metric('config_source_up', { source: 'configuration server' })).toBe(0);
    const outages = () =>
      app.log.lines().filter((line) => line['dependency'] === 'config configuration server');
    const warning = { level: 'warn', err: { message: 'fetch failed' } };
    await eventually(() => expect(outages()).toMatchObject([warning]));
    await given({ logging: { level: 'debug' } });
    await eventually(async () => expect(await level()).toBe('debug'), IN_EFFECT);
  });

  it('applies its changes, which override environment and files', async () => {
    await given({ logging: { level: 'warn' } });
    await writeFile(join(folder, 'local.yaml'), 'logging: { level: error }\n');
    await eventually(async () => expect(await level()).toBe('warn'), IN_EFFECT);
    server.document = { apps: { gateway: { logging: { level: 'trace' } } } };
    await eventually(async () => expect(await level()).toBe('trace'), IN_EFFECT);
    server.document = {};
    await eventually(async () => expect(await level()).toBe('info'), IN_EFFECT);
  });

  it('refuses its whole change when any part is invalid, and names the source', async () => {
    await given({ logging: { level: 'warn' } });
    await eventually(async () => expect(await level()).toBe('warn'), IN_EFFECT);
    const refused = await metric('config_reloads_total', { outcome: 'refused' });
    const mark = app.log.mark();
    server.document = { logging: { level: 'error' }, s3: { max_file_size: 'large', secret_key: 7 } };
    await eventually(
      async () => expect(await metric('config_reloads_total', { outcome: 'refused' })).toBe(refused + 1),
      IN_EFFECT,
    );
    await eventually(() =>
      expect(app.log.errors(mark)[0]?.msg).toMatch(/s3\.max_file_size is "large".*\(configuration server\)/s),
    );
    expect(await level()).toBe('warn');
  });

  it('keeps its last values while it is unavailable, and still applies changes of the files', async () => {
    await given({ logging: { level: 'warn' } });
    await eventually(async () => expect(await level()).toBe('warn'), IN_EFFECT);
    await server.close();
    await eventually(async () => expect(await metric('config_source_up')).toBe(0), IN_EFFECT);
    await writeFile(join(folder, 'local.yaml'), 'logging: { level: error, access_log: { sample: 0.5 } }\n');
    await eventually(
      async () =>
        expect((await config())['logging']).toMatchObject({ level: 'warn', access_log: { sample: 0.5 } }),
      IN_EFFECT,
    );
    await given({ logging: { level: 'fatal' } });
    await eventually(async () => expect(await level()).toBe('fatal'), IN_EFFECT);
  });

  it('exits with 78 without a required one, and the message has its name and the reason', async () => {
    const other = await start({});
    expect(await other.exited).toEqual({ code: 78, signal: null });
    expect(other.log.text()).toMatch(/configuration server is not readable: .*fetch failed \(.*ECONNREFUSED/);
  });
});
