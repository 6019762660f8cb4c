import { readFileSync, rmSync } from 'node:fs';
import { runCommand } from '../process/run-command.ts';
import { paths } from '../workspace/paths.ts';
import type { Outcome } from './tally.ts';

export const projects = ['unit', 'integration', 'e2e', 'chaos'] as const;
export type Project = (typeof projects)[number];

const isFullForm = (process.env['TEST_FORM'] ?? 'short') !== 'short';

/**
 * The projects that run at the same time, in their order. The end-to-end tests wait more than they compute, so the
 * unit tests run beside them in the short form. In the full form each project has the machine for itself.
 */
export const projectGroups: readonly (readonly Project[])[] = isFullForm
  ? projects.map((project) => [project])
  : [['unit', 'e2e'], ['integration'], ['chaos']];

interface JestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  /** Suites that could not be loaded. */
  readonly numRuntimeErrorTestSuites: number;
}

function readReport(file: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}

/** Jest loads NestJS 12 as ES modules, which needs this flag of Node.js. */
const nodeOptions = ['--experimental-vm-modules', '--no-warnings'];

/** Specs that only the full form runs, and the short one when a pattern selects them. */
const fullSpecs = '\\.full\\.';

/**
 * Number of files that run at the same time; by default the number of cores. The e2e tests share the four apps, so they
 * run one after the other. Integration tests often wait for a server; in the full form some of them run whole commands.
 * The chaos tests start their own servers and apps, several processes per file.
 */
const workers: Partial<Record<Project, string>> = {
  ...(!isFullForm && { unit: '--maxWorkers=1', integration: '--maxWorkers=3' }),
  e2e: '--runInBand',
  chaos: '--maxWorkers=2',
};

const jest = paths.inClone('node_modules', 'jest', 'bin', 'jest.js');

/** Whether an argument of `npm test` selects tests by their path. */
export const isPattern = (argument: string): boolean => !argument.startsWith('-');

/** Whether Jest finds a test for these arguments in a project that needs servers. */
export async function needsServers(args: readonly string[], signal: AbortSignal): Promise<boolean> {
  const others = projects.filter((project) => project !== 'unit');
  const options = ['--listTests', '--json', '--selectProjects', ...others, '--ci', '--'];
  const patterns = args.filter(isPattern);
  const { ok, output } = await runCommand(process.execPath, [...nodeOptions, jest, ...options, ...patterns], {
    cwd: paths.root,
    log: paths.log('jest-list'),
    signal,
  });
  return !ok || /\[\s*"/.test(output);
}

/** Runs one project of the Jest configuration. */
export async function runJest(
  project: Project,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Outcome> {
  const report = paths.inClone('.stack', 'logs', `jest-${project}.json`);
  rmSync(report, { force: true });
  const atOnce = workers[project];
  const options = [
    '--selectProjects',
    project,
    '--json',
    '--outputFile',
    report,
    '--passWithNoTests',
    '--ci',
    ...(atOnce === undefined ? [] : [atOnce]),
    ...(isFullForm || args.some(isPattern) ? [] : ['--testPathIgnorePatterns', '/node_modules/', fullSpecs]),
  ];
  const { ok, output } = await runCommand(process.execPath, [...nodeOptions, jest, ...options, ...args], {
    cwd: paths.root,
    env,
    log: paths.log(`jest-${project}`),
    signal,
  });
  return outcomeOf(readReport(report), ok, withoutReport(output));
}

function outcomeOf(report: JestReport | undefined, ok: boolean, output: string): Outcome {
  if (!report) return ok ? { passed: 0, failed: 0, remark: 'no tests' } : { passed: 0, failed: 1, output };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites || (ok ? 0 : 1);
  const counts = [`${report.numPassedTests} passed`];
  if (failed > 0) counts.push(`${failed} failed`);
  if (report.numPendingTests > 0) counts.push(`${report.numPendingTests} skipped`);
  return { passed: report.numPassedTests, failed, remark: counts.join(', '), output };
}

/** Removes the line in which Jest prints the path of its report. */
function withoutReport(output: string): string {
  return output.replace(/^Test results written to: .*$/gm, '');
}
