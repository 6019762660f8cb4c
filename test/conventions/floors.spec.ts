import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokenImports, foundations, soundImports } from './broken-imports.js';

const cruiser = resolve('node_modules/.bin/depcruise');
const rules = resolve('.dependency-cruiser.js');

interface Violation {
  from: string;
  rule: { name: string };
}

describe('the layer rules', () => {
  let fixture: string;
  let violations: Violation[];

  beforeAll(async () => {
    fixture = await mkdtemp(join(tmpdir(), 'broken-imports-'));
    await build(fixture);
    violations = await cruise(fixture);
  });

  afterAll(() => rm(fixture, { recursive: true }));

  it.each(brokenImports)('refuse %s → %s by %s', (file, _imported, rule) => {
    expect(namesOf(violations, file)).toContain(rule);
  });

  it.each(soundImports)('allow %s → %s', (file) => {
    expect(namesOf(violations, file)).toEqual([]);
  });

  it('are each broken once here', async () => {
    const names = (await loadRules()).map(({ name }) => name);
    expect([...new Set(brokenImports.map(([, , rule]) => rule))].sort()).toEqual(names.sort());
  });

  it('each have a sentence with the remedy', async () => {
    for (const { comment } of await loadRules()) expect(comment).toMatch(/^.{25,}\.$/);
  });
});

async function loadRules(): Promise<{ name: string; comment: string }[]> {
  const { default: config } = (await import(rules)) as {
    default: { forbidden: { name: string; comment: string }[] };
  };
  return config.forbidden;
}

function namesOf(violations: readonly Violation[], file: string): string[] {
  return violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
}

async function build(fixture: string): Promise<void> {
  const files = new Map<string, string>(foundations.map((path) => [path, 'export {};\n']));
  files.set('libs/errors/src/secret.ts', 'export {};\n');
  for (const app of ['gateway', 'worker']) files.set(`apps/${app}/src/main.ts`, 'export {};\n');
  files.set('apps/worker/src/orders/index.ts', 'export {};\n');
  for (const [file, imported] of [...brokenImports, ...soundImports])
    files.set(file, `import '${imported}';\n`);
  files.set(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: { module: 'nodenext', paths: { '@app/*': ['./libs/*/src/index.ts'] } },
    }),
  );
  for (const [file, text] of files) {
    await mkdir(dirname(join(fixture, file)), { recursive: true });
    await writeFile(join(fixture, file), text);
  }
  await symlink(resolve('package.json'), join(fixture, 'package.json'));
  await symlink(resolve('node_modules'), join(fixture, 'node_modules'));
}

async function cruise(fixture: string): Promise<Violation[]> {
  const command = [cruiser, '--config', rules, '--output-type', 'json', 'apps', 'libs', 'tools'];
  // Its exit code is the number of violations, which is no failure here.
  const run = promisify(execFile)(process.execPath, command, { cwd: fixture, maxBuffer: 64 * 1024 ** 2 });
  const { stdout, stderr } = await run.catch((exit: { stdout: string; stderr: string }) => exit);
  if (stdout === '') throw new Error(`dependency-cruiser gave no result:\n${stderr}`);
  const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
  return summary.violations;
}
