import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { npmEnvironment } from '../launcher/npm-environment.mjs';
import { LockFile } from '../process/lock-file.ts';
import { runCommand } from '../process/run-command.ts';
import { waitForLock } from '../process/wait-for-lock.ts';
import { step } from '../ui/step.ts';
import { ToolError } from '../ui/tool.error.ts';
import { installMarker, isInstalled } from './installed-tree.ts';
import { locks } from './locks.ts';
import { npmScript } from './npm-command.ts';
import { paths } from './paths.ts';

const options = ['--no-audit', '--no-fund', '--loglevel=error'];
/** A few retries within about 20 seconds, so that users without a network do not wait for minutes. */
const patience = ['--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'];
const unreachable =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/;

/** Runs `npm ci` when node_modules is missing, incomplete or does not match package-lock.json. */
export async function ensureDependencies(signal: AbortSignal): Promise<void> {
  if (isInstalled()) return;
  using _lock = await waitForLock(locks.install, 'npm ci', signal);
  if (isInstalled()) return;
  refuseUnderRunningApps();
  await step('npm ci', () => install(signal));
}

/** Rejects `npm ci` while apps run, because it deletes node_modules first. */
function refuseUnderRunningApps(): void {
  const user = LockFile.holder(locks.start);
  if (!user || user.pid === process.pid) return;
  throw new ToolError(
    `package-lock.json has changed, and npm start (process ${user.pid}) runs on what is installed.`,
    {
      remedies: ['stop npm start with Ctrl-C, then run this command again'],
    },
  );
}

/**
 * Checks the registry once, before hundreds of packages fail separately. Uses npm's registry, proxy and certificates.
 */
async function registryAnswers(signal: AbortSignal): Promise<boolean> {
  const args = [
    npmScript(),
    'ping',
    '--loglevel=error',
    '--fetch-retries=2',
    '--fetch-retry-mintimeout=1000',
  ];
  const result = await runCommand(process.execPath, args, {
    cwd: paths.root,
    env: npmEnvironment(),
    log: paths.log('npm-ping'),
    signal,
  });
  return result.ok || !unreachable.test(result.output);
}

async function install(signal: AbortSignal): Promise<void> {
  const log = paths.log('npm-ci');
  // Without a registry npm's cache may still contain all packages.
  const online = await registryAnswers(signal);
  const source = online ? ['--prefer-offline', ...patience] : ['--offline'];
  mkdirSync(paths.stackFolder, { recursive: true });
  writeFileSync(installMarker, '');
  const command = [npmScript(), 'ci', ...options, ...source];
  const result = await runCommand(process.execPath, command, {
    cwd: paths.root,
    env: npmEnvironment(),
    log,
    signal,
  });
  if (!result.ok) throw installationFailed(result.output, relative(paths.root, log), online);
  rmSync(installMarker, { force: true });
}

function installationFailed(output: string, log: string, online: boolean): ToolError {
  const errors = output.split('\n').filter((line) => /^npm (error|ERR!)/.test(line));
  if (!online || unreachable.test(errors.join('\n'))) {
    const registry = process.env['npm_config_registry'] ?? 'https://registry.npmjs.org/';
    return new ToolError(
      `The npm registry (${registry}) does not answer, and npm's cache does not hold every package.`,
      {
        evidence: [`tried: npm ping, npm ci${online ? '' : ' --offline'}; the output is in ${log}`],
        remedies: [
          'check the network and npm’s proxy and registry settings (npm ping), then run the command again',
        ],
      },
    );
  }
  return new ToolError(`npm ci failed. Its whole output is in ${log}.`, {
    evidence: errors.filter((line) => !line.includes('A complete log')).slice(0, 8),
  });
}
