import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../assertions/eventually.js';
import { freePort } from '../network/free-port.js';
import { STARTS_WITHIN_MS } from '../apps/starts-within.js';

export interface ScratchRedisOptions {
  /** Lines of a redis.conf as arguments: `['--appendonly', 'yes']`. */
  args?: readonly string[];
  /** @default no password is required */
  password?: string;
}

/**
 * Redis overwrites its environment with its process title. `npm test` reads the environment to find the processes that
 * it has started; without it, a server whose spec was killed would outlive the run.
 */
export const KEEPS_ENVIRONMENT = ['--set-proc-title', 'no'];

/** A `redis-server` for one spec, which it can kill, stop and start. */
export class ScratchRedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly folder: string,
    private readonly options: ScratchRedisOptions,
  ) {}

  /** Resolves when it answers. */
  static async start(options: ScratchRedisOptions = {}): Promise<ScratchRedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'scratch-redis-'));
    const server = new ScratchRedisServer(await freePort(), folder, options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Creates a client for the test. Its commands wait for the server without a time-out. Disconnect it after use. */
  client(): Redis {
    const { password } = this.options;
    const options = { password, maxRetriesPerRequest: null, retryStrategy: () => 50, disconnectTimeout: 100 };
    return new Redis(this.port, '127.0.0.1', options).on('error', () => undefined);
  }

  /** The number of connected clients, without the one that counts them. */
  async connections(): Promise<number> {
    const client = this.client();
    const list = String(await client.client('LIST')).trim();
    client.disconnect();
    return list.split('\n').length - 1;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Sends SIGSTOP: connections stay open, the kernel accepts new ones, and the server does not answer. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** Starts it on the same data; resolves when it answers. @throws when it exits during its start */
  async restart(): Promise<void> {
    await this.kill();
    const { args = [], password } = this.options;
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    const locked = password === undefined ? [] : ['--requirepass', password];
    this.child = spawn('redis-server', [...own, ...KEEPS_ENVIRONMENT, ...locked, ...args], {
      env: process.env,
      stdio: 'ignore',
    });
    killWithThisProcess(this.child);
    const ended = once(this.child, 'exit').then(() => {
      throw new Error(`redis-server on port ${this.port} ended as it started`);
    });
    ended.catch(() => undefined);
    const client = this.client();
    try {
      await Promise.race([ended, eventually(() => client.ping(), { within: STARTS_WITHIN_MS })]);
    } finally {
      client.disconnect();
    }
  }

  /** Removes the server and its data at the end of a spec. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function killWithThisProcess(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
