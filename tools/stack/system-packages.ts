import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { runCommand } from '../process/run-command.ts';
import { endStrays, ownerVariable } from '../process/stray-processes.ts';
import { waitForLock } from '../process/wait-for-lock.ts';
import { step } from '../ui/step.ts';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';
import { locks } from '../workspace/locks.ts';
import { paths } from '../workspace/paths.ts';
import { PolicyGuard } from './policy-guard.ts';

const log = paths.log('apt-get');
const owner = `apt-${process.pid}`;

/** Why this tool cannot install system packages here; undefined when it can. */
export function installationObstacle(): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'the tool can install it only on Debian and Ubuntu';
  if (process.getuid?.() !== 0) return 'the tool cannot install it (apt-get needs root)';
  return undefined;
}

/** dpkg is not interrupted, because that would leave the system's package database in an inconsistent state. */
const never = new AbortController().signal;

async function apt(args: readonly string[], signal: AbortSignal): Promise<{ ok: boolean; output: string }> {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    LC_ALL: 'C.UTF-8',
    [ownerVariable]: owner,
  };
  return runCommand('apt-get', ['-y', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env,
    log,
    signal,
    append: true,
  });
}

async function configurePending(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', [ownerVariable]: owner };
  if (existsSync('/var/lib/dpkg/updates') && readdirSync('/var/lib/dpkg/updates').length === 0) {
    const status = readFileSync('/var/lib/dpkg/status', 'utf8');
    if (!/^Status: .*(half-installed|half-configured|unpacked|triggers-pending)$/m.test(status)) return;
  }
  await runCommand('dpkg', ['--configure', '-a'], { env, log, signal: never, append: true });
}

/** Debian enables installed services for the next boot. Disables them, because only this tool uses the servers. */
async function disableServices(packages: readonly string[], hadErlang: boolean): Promise<void> {
  if (!existsSync('/usr/bin/systemctl')) return;
  const units = packages.map((name) => `${name}.service`);
  if (packages.includes('rabbitmq-server') && !hadErlang) units.push('epmd.service', 'epmd.socket');
  await runCommand('systemctl', ['disable', ...units], { log, signal: never, append: true });
}

async function install(packages: readonly string[], signal: AbortSignal): Promise<void> {
  using _policy = new PolicyGuard();
  const reassure = (): void =>
    terminal.line(
      'Waiting for dpkg to finish; a second Ctrl-C kills it and leaves its packages half-installed.',
    );
  rmSync(log, { force: true });
  const hadErlang = existsSync('/usr/bin/epmd');
  try {
    await configurePending();
    const wanted = ['install', '--no-install-recommends', ...packages];
    let download = await apt([...wanted, '--download-only'], signal);
    if (!download.ok) {
      await apt(['update'], signal);
      download = await apt([...wanted, '--download-only'], signal);
    }
    if (!download.ok) throw installationFailed(packages, download.output);
    signal.addEventListener('abort', reassure, { once: true });
    const result = await apt([...wanted, '--no-download'], never);
    if (!result.ok) throw installationFailed(packages, result.output);
    await disableServices(packages, hadErlang);
  } finally {
    signal.removeEventListener('abort', reassure);
    endStrays(owner); // RabbitMQ's installation starts an epmd
  }
}

function installationFailed(packages: readonly string[], output: string): ToolError {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const errors = output.split('\n').filter((line) => /^(E|Err|dpkg): ?/.test(line));
  const offline =
    /Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Connection timed out/.test(
      output,
    );
  return new ToolError(
    `apt-get could not install ${packages.join(' and ')}${offline ? ': the package mirror does not answer' : ''} (${relative(paths.root, log)}).`,
    {
      evidence: [...new Set(errors)].slice(-5),
      remedies: [offline ? 'check the network, then run the command again' : `run it by hand: ${command}`],
    },
  );
}

/** Installs packages of Debian or Ubuntu, as root, without starting or touching a system service. */
export async function installSystemPackages(packages: readonly string[], signal: AbortSignal): Promise<void> {
  using _lock = await waitForLock(locks.packages, 'apt-get install', signal);
  await step(`apt-get install ${packages.join(' ')}`, () => install(packages, signal));
  signal.throwIfAborted();
}
