import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LauncherError } from './launcher-error.mjs';
import { npmEnvironment } from './npm-environment.mjs';
import { root, stackFolder } from './paths.mjs';

const published = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win-x64']);

/** npm as this command was started with, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return { file: process.execPath, prefix: [script], shell: false };
  return { file: 'npm', prefix: [], shell: process.platform === 'win32' };
}

/**
 * Downloads the pinned Node.js as an npm package, the one source beside system packages that the tool may use.
 *
 * @param {string} version
 * @param {string} workshop an empty folder that the caller removes
 * @returns {Promise<string>} the folder that holds `bin/node`
 */
export async function installFromRegistry(version, workshop) {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = `node-${platform}`;
  if (!published.has(platform)) {
    throw new LauncherError(
      `Ganymede needs Node.js ${version} and the npm registry has none for ${platform} (this is ${process.version}).\n` +
        `  → install it by hand, for example: nvm install ${version}`,
    );
  }
  const started = Date.now();
  process.stdout.write(
    `• Node.js ${process.version} is too old: bringing ${version} from the npm registry …\n`,
  );
  // A package.json of its own, or npm would install into the clone above.
  writeFileSync(join(workshop, 'package.json'), '{"private":true}\n');
  const npm = npmCommand();
  const options = [
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--ignore-scripts',
    '--no-package-lock',
    '--prefer-offline',
    '--loglevel=error',
  ];
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  const output = await run(
    npm,
    ['install', `${name}@${version}`, ...options, ...patience, '--prefix', workshop],
    workshop,
  );
  if (!output.ok) throw installationFailed(`${name}@${version}`, output.log);
  process.stdout.write(`✓ Node.js ${version} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  return join(workshop, 'node_modules', name);
}

/**
 * @param {{ file: string, prefix: string[], shell: boolean }} npm
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<{ ok: boolean, log: string }>}
 */
function run(npm, args, cwd) {
  mkdirSync(join(stackFolder, 'logs'), { recursive: true });
  const log = join(stackFolder, 'logs', 'node-install.log');
  const file = createWriteStream(log);
  return new Promise((resolve, reject) => {
    const env = { ...npmEnvironment(), npm_config_global: undefined, npm_config_prefix: undefined };
    // A process group of its own: a terminal's Ctrl-C reaches the launcher alone, and the launcher ends the group.
    const child = spawn(npm.file, [...npm.prefix, ...args], { cwd, env, shell: npm.shell, detached: true });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    /** @type {NodeJS.Signals | undefined} */
    let interrupted;
    /** @param {NodeJS.Signals} signal */
    const interrupt = (signal) => {
      interrupted = signal;
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, interrupt);
    child.once('error', reject);
    child.once('close', (code) => {
      for (const signal of signals) process.off(signal, interrupt);
      file.end();
      if (interrupted) {
        const exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[/** @type {'SIGINT'} */ (interrupted)];
        reject(
          new LauncherError(
            'Interrupted while Node.js was being brought; the next run starts over.',
            exitCode,
          ),
        );
      } else resolve({ ok: code === 0, log });
    });
  });
}

/**
 * @param {string} spec
 * @param {string} log
 */
function installationFailed(spec, log) {
  return new LauncherError(
    `✗ Node.js ${process.version} is too old and npm could not bring ${spec}.\n` +
      `  Tried: npm install ${spec} (registry ${process.env.npm_config_registry ?? 'https://registry.npmjs.org/'}); npm's output is in ${relative(root, log)}\n` +
      `  → check the network or npm's proxy and registry settings (npm ping), then run the command again\n` +
      `  → or install Node.js ${spec.split('@')[1]} by hand and put it on PATH`,
  );
}
