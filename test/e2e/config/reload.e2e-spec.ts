import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';

/** The longest time from the change of a file to its effect in the contract, in milliseconds. */
const IN_EFFECT = { within: 2_000 };
const OUTCOMES = ['applied', 'refused', 'restart_needed'] as const;
type Outcome = (typeof OUTCOMES)[number];
const INITIAL = 'logging: { level: info }\n';
/** Nothing listens on this address. The first calls wait so long for a connection; later calls fail at once. */
const NO_WORKER = {
  APP__UPSTREAMS__WORKER__ADDRESS: '127.0.0.1:9',
  APP__UPSTREAMS__WORKER__CONNECT_WAIT: '200ms',
};

describe('a running app whose configuration changes', () => {
  let folder: string;
  let app: AppProcess;
  let initial: unknown;
  const before = { applied: 0, refused: 0, restart_needed: 0 };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
    await cp('config', folder, { recursive: true });
    await given(INITIAL);
    const env = { CONFIG_DIR: folder, ...NO_WORKER };
    app = await (await startApp('gateway', { env })).ready();
    initial = await config();
  });

  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    await given(INITIAL);
    await expectConfig(initial);
    for (const outcome of OUTCOMES) before[outcome] = await counted(outcome);
  });

  const given = (yaml: string) => writeFile(join(folder, 'local.yaml'), yaml);
  const config = async () => {
    const headers = { authorization: 'Bearer test-management-token' };
    return (await app.management.get('/config', { headers })).json();
  };
  const counted = async (outcome: string) =>
    new MetricsPage((await app.management.get('/metrics')).text).sum('config_reloads_total', { outcome });
  const expectConfig = (value: unknown) =>
    eventually(async () => expect(await config()).toEqual(value), IN_EFFECT);
  /** The reloads of the current test. */
  const reloads = async (outcome: Outcome) => (await counted(outcome)) - before[outcome];
  const accessLines = (mark: number) => app.log.lines(mark).filter(({ msg }) => msg === 'request');

  it('applies the level of its log, down and up again', async () => {
    await given('logging: { level: warn }\n');
    await eventually(async () => expect(await reloads('applied')).toBe(1), IN_EFFECT);
    const mark = app.log.mark();
    await app.http.get('/ping');
    await app.http.get('/panic');
    await eventually(() => expect(app.log.errors(mark)).toHaveLength(1));
    await eventually(() => expect(accessLines(mark)).toMatchObject([{ path: '/panic', level: 'error' }]));
    await given('logging: { level: debug }\n');
    await eventually(async () => {
      await app.http.get('/ping');
      expect(accessLines(mark).map(({ path }) => path)).toContain('/ping');
    }, IN_EFFECT);
  });

  it('applies a time-out and the sampling of its access log', async () => {
    expect((await app.http.get('/ping')).status).toBe(200);
    await given('logging: { access_log: { sample: 0 } }\nhttp: { deadline: 5s }\n');
    await eventually(async () => expect(await reloads('applied')).toBe(1), IN_EFFECT);
    const mark = app.log.mark();
    for (let request = 0; request < 20; request++) await app.http.get('/ping');
    await app.http.get('/nowhere');
    await eventually(() => expect(accessLines(mark)).toHaveLength(1));
    expect(accessLines(mark)[0]).toMatchObject({ status: 404 });
    expect(await config()).toMatchObject({ http: { deadline: 5000 } });
  });

  it('applies a limit', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const content = 'x'.repeat(4096);
    const body = `--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${content}\r\n--b--\r\n`;
    const upload = async () => (await app.http.post('/api/v1/upload', body, { headers })).json()['reason'];
    expect(await upload()).not.toBe('FILE_TOO_LARGE');
    await given('s3: { max_file_size: 1KiB }\n');
    await eventually(async () => expect(await upload()).toBe('FILE_TOO_LARGE'), IN_EFFECT);
  });

  it('applies the threshold of a breaker', async () => {
    const policy = (minimumCalls: number) =>
      `resilience: { policies: { worker: { retry: { max_attempts: 1 }, breaker: { minimum_calls: ${minimumCalls}, half_open_after: 1m } } } }
`;
    await given(policy(1000));
    await eventually(async () => expect(await reloads('applied')).toBe(1), IN_EFFECT);
    const ask = async () =>
      (await app.http.get('/api/v1/message/0197a000-0000-7000-8000-000000000000')).json()['reason'];
    for (let call = 0; call < 3; call++) expect(await ask()).toBe('UPSTREAM_UNAVAILABLE');
    await given(policy(2));
    await eventually(async () => expect(await ask()).toBe('CIRCUIT_OPEN'), IN_EFFECT);
  });

  it('refuses a whole change when any part is invalid, logs the reason once and counts it', async () => {
    const mark = app.log.mark();
    await given('logging: { level: error, access_log: { sample: 7 } }\nhttp: { deadline: soon }\n');
    await eventually(async () => expect(await reloads('refused')).toBe(1), IN_EFFECT);
    await app.http.get('/ping');
    await eventually(() => expect(accessLines(mark)).toMatchObject([{ path: '/ping' }]));
    const [refusal, ...more] = app.log.errors(mark);
    expect(more).toEqual([]);
    expect(refusal?.msg).toMatch(/rejected.*logging\.access_log\.sample is 7.*http\.deadline is "soon"/s);
    expect(await reloads('applied')).toBe(0);
  });

  it('reports the keys that need a restart', async () => {
    const mark = app.log.mark();
    await given('http: { max_header_size: 32KiB }\n');
    await eventually(async () => expect(await reloads('restart_needed')).toBe(1), IN_EFFECT);
    await eventually(() =>
      expect(app.log.lines(mark)).toContainEqual(
        expect.objectContaining({ level: 'warn', keys: ['http.max_header_size'] }),
      ),
    );
  });

  // The last test: it leaves a symbolic link in place of the file.
  it('detects the folder that Kubernetes replaces behind a symbolic link', async () => {
    await mkdir(join(folder, '..1'));
    await writeFile(join(folder, '..1', 'local.yaml'), 'logging: { level: debug }\n');
    await symlink('..1', join(folder, '..data'));
    await symlink('..data/local.yaml', join(folder, 'local.yaml.new'));
    await rename(join(folder, 'local.yaml.new'), join(folder, 'local.yaml'));
    await eventually(async () => expect(await reloads('applied')).toBe(1), IN_EFFECT);
    await mkdir(join(folder, '..2'));
    await writeFile(join(folder, '..2', 'local.yaml'), 'logging: { level: warn }\n');
    await symlink('..2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await eventually(async () => expect(await reloads('applied')).toBe(2), IN_EFFECT);
  });
});
