import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LauncherError } from './launcher-error.mjs';
import { npmEnvironment } from './npm-environment.mjs';
import { root, stackFolder } from './paths.mjs';

/** The npm that started this command, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return { file: process.execPath, prefix: [script], shell: false };
  return { file: 'npm', prefix: [], shell: process.platform === 'win32' };
}

/**
 * Downloads the pinned Node.js as an npm package, the only source besides system packages that the tool may use. npm
 * compares the tarball with the hash in the lock file before it unpacks it.
 *
 * @param {import('./node-package.mjs').NodePackage} node
 * @param {string} workshop an empty folder that the caller removes
 * @returns {Promise<string>} the folder that holds `bin/node`
 */
export async function installFromRegistry(node, workshop) {
  const started = Date.now();
  process.stdout.write(
    `• Node.js ${process.version} is too old: installing ${node.version} from the npm registry …\n`,
  );
  writeLock(node, workshop);
  const npm = npmCommand();
  const options = [
    '--package-lock',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefer-offline',
    '--loglevel=error',
  ];
  const npmRetries = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  const output = await run(npm, ['ci', ...options, ...npmRetries, '--prefix', workshop], workshop);
  if (!output.ok) throw installationFailed(node, output.log);
  process.stdout.write(`✓ Node.js ${node.version} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  return join(workshop, 'node_modules', node.name);
}

/**
 * Creates a separate project; otherwise npm would install into the clone above.
 *
 * @param {import('./node-package.mjs').NodePackage} node
 * @param {string} folder
 */
function writeLock({ name, version, integrity }, folder) {
  const project = { private: true, dependencies: { [name]: version } };
  const packages = { '': project, [`node_modules/${name}`]: { version, integrity } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
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
    // A separate process group: a terminal's Ctrl-C reaches only the launcher, which then ends the group.
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
      if (interrupted) {
        file.end();
        const exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[/** @type {'SIGINT'} */ (interrupted)];
        reject(
          new LauncherError(
            'Interrupted during the installation of Node.js; the next run starts again.',
            exitCode,
          ),
        );
      } else file.end(() => resolve({ ok: code === 0, log }));
    });
  });
}

/**
 * @param {import('./node-package.mjs').NodePackage} node
 * @param {string} log
 */
function installationFailed({ name, version, integrity }, log) {
  const spec = `${name}@${version}`;
  const registry = process.env.npm_config_registry ?? 'https://registry.npmjs.org/';
  const byHand = `  → or install Node.js ${version} by hand and put it on PATH`;
  if (readFileSync(log, 'utf8').includes('EINTEGRITY')) {
    return new LauncherError(
      `✗ The package ${spec} of the registry ${registry} has another hash than this clone expects. It was not unpacked or run.\n` +
        `  Expected: ${integrity} (tools/launcher/node-packages.json); npm's output is in ${relative(root, log)}\n` +
        `  → find the cause: compare with npm view ${spec} dist.integrity --registry=https://registry.npmjs.org/\n` +
        `  → then correct the registry or the proxy that npm uses, or the hash\n${byHand}`,
    );
  }
  return new LauncherError(
    `✗ Node.js ${process.version} is too old and npm could not install ${spec}.\n` +
      `  Tried: npm ci (registry ${registry}); npm's output is in ${relative(root, log)}\n` +
      `  → check the network or npm's proxy and registry settings (npm ping), then run the command again\n${byHand}`,
  );
}
