import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../support/assertions/eventually.js';
import { freePort } from '../../support/network/free-port.js';
import { root } from './paths.js';

const START_MS = 30_000;
const STOP_MS = 10_000;

/** A program that is compared with the apps, on its own port, with its output in a file. */
export class Peer {
  readonly port: number;
  readonly pid: number;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
    this.pid = child.pid ?? 0;
  }

  /**
   * @param name the name of its log
   * @param args the arguments of Node.js: options, the program, its arguments
   * @param env returns the environment for the port on which it must listen
   * @throws when it ends, or does not listen within half a minute
   */
  static async start(
    name: string,
    args: readonly string[],
    env: (port: number) => Record<string, string>,
  ): Promise<Peer> {
    const port = await freePort();
    const folder = resolve(root, '.stack', 'logs', 'bench');
    mkdirSync(folder, { recursive: true });
    const file = resolve(folder, `${name}.log`);
    const log = openSync(file, 'w');
    const child = spawn(process.execPath, [...args], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', APP_ENV: 'test', ...env(port) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    process.once('exit', () => child.kill('SIGKILL'));
    await eventually(() => listens(port, child, file), { within: START_MS, every: 50 });
    return new Peer(child, port);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const insist = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(insist);
  }
}

async function listens(port: number, child: ChildProcess, log: string): Promise<void> {
  if (child.exitCode !== null) throw new Error(`It ended before it listened; see ${log}.`);
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw new Error(`Nobody listens on ${port} yet; see ${log}.`, { cause: error });
  } finally {
    socket.destroy();
  }
}

const execute = promisify(execFile);

/**
 * Builds a peer with the structure of an app, in the same way as the apps.
 *
 * @param folder below test/load; its nest-cli.json names the peer
 * @returns the path of its program
 */
export async function buildPeer(folder: string, name: string): Promise<string> {
  const nest = resolve(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  await execute(process.execPath, [nest, 'build', name, '--config', `test/load/${folder}/nest-cli.json`], {
    cwd: root,
  });
  return resolve(root, '.stack', 'bench', 'dist', 'test', 'load', folder, name, 'main.js');
}
