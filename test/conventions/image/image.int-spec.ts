import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppName, type AppProcess, APPS, startApp } from '../../support/apps/app-process.js';
import { othersMayRunNode } from '../../support/apps/others-may-run-node.js';
import { FULL } from '../../support/assertions/form.js';
import { STACK_ADDRESSES } from '../../support/servers/stack-addresses.js';

const NAMES = FULL ? APPS : (['grpc-server'] as const);
const run = promisify(execFile);
const NOBODY = 65_534;
const MAX_MIB = 60;

/** The environment of an image in production, with the addresses of the test stack. */
const PRODUCTION = { APP_ENV: 'production', ...STACK_ADDRESSES };

describe('the folder of an image', () => {
  let root: string;
  const printed = new Map<AppName, string>();
  const apps = new Map<AppName, AppProcess>();

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'ganymede-image-'));
    chmodSync(root, 0o755);
    await Promise.all(NAMES.map((app) => assemble(app)));
    await run('chmod', ['--recursive', 'a-w,a+rX', root]);
    for (const app of NAMES) apps.set(app, await startFrom(app));
  });

  afterAll(async () => {
    await Promise.all([...apps.values()].map((app) => app.stop()));
    await run('chmod', ['--recursive', 'u+w', root]);
    rmSync(root, { recursive: true, force: true });
  });

  it.each(NAMES)('is small for %s, also on disk', async (app) => {
    const [, size] = /([\d.]+) MiB without Node\.js/.exec(printed.get(app) ?? '') ?? [];
    const { stdout } = await run('du', ['--summarize', '--block-size=1M', join(root, app)]);
    expect(Number(size)).toBeGreaterThan(1);
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(MAX_MIB);
  });

  it.each(NAMES)('contains all that %s needs to start, answer its probes, and stop', async (app) => {
    const started = await running(app).ready({ within: 60_000 });
    const paths = ['/livez', '/readyz', '/metrics', '/info'];
    const probes = await Promise.all(paths.map((path) => started.management.get(path)));
    expect(probes.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const env = { APP__MANAGEMENT__PORT: String(started.managementPort) };
    await run(process.execPath, ['health.js'], { cwd: join(root, app), env });
    started.signal('SIGTERM');
    expect(await started.exited).toEqual({ code: 0, signal: null });
    expect(started.log.text()).not.toMatch(/EACCES|EROFS|ERR_MODULE_NOT_FOUND|Cannot find/);
  });

  function running(app: AppName): AppProcess {
    const started = apps.get(app);
    if (!started) throw new Error(`${app} was not started.`);
    return started;
  }

  async function assemble(app: AppName): Promise<void> {
    const { stdout } = await run(process.execPath, ['tools/image/assemble.ts', app, join(root, app)]);
    printed.set(app, stdout);
  }

  function startFrom(app: AppName): Promise<AppProcess> {
    const folder = join(root, app);
    return startApp(app, {
      main: join(folder, 'main.js'),
      cwd: folder,
      env: { ...PRODUCTION, APP__LIFECYCLE__DRAIN_WAIT: '0s' },
      ...(othersMayRunNode() && { user: NOBODY }),
    });
  }
});
