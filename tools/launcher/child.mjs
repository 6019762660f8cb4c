import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { whenNpmDies } from './npm-death.mjs';
import { root } from './paths.mjs';

const forwarded = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** One Ctrl-C may arrive twice, from the terminal and through npm. Two key presses have a longer interval than this. */
const sameKeyPress = 300;

/**
 * Runs the tool on the given Node.js until it ends.
 *
 * The tool runs in its own session, so that the launcher forwards a terminal's Ctrl-C to it exactly once. The tool
 * holds the other end of a pipe (file descriptor 3). When the launcher is killed the pipe closes, and the tool drains
 * and stops everything.
 *
 * @param {string} node
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runUnderSupervision(node, args) {
  const outcome = await run(node, args);
  if (outcome.signal === 'SIGKILL') await run(node, ['sweep']);
  return outcome.code ?? 128 + constants.signals[outcome.signal ?? 'SIGTERM'];
}

/**
 * @param {string} node
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
function run(node, args) {
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
  const child = spawn(node, [join(root, 'tools', 'cli.ts'), ...args], {
    cwd: root,
    detached: true,
    env: { ...process.env, PATH: path, GANYMEDE_LAUNCHER: String(process.pid) },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });

  let last = -Infinity;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const now = performance.now();
    if (now - last > sameKeyPress) child.kill(signal);
    last = now;
  };
  for (const signal of forwarded) process.on(signal, forward);

  const forget = whenNpmDies(() => child.kill('SIGTERM'));

  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      forget();
      for (const each of forwarded) process.off(each, forward);
      child.stdio[3]?.destroy();
      resolve({ code, signal });
    });
  });
}
