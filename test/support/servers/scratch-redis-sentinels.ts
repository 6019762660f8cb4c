import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../assertions/eventually.js';
import { freePort } from '../network/free-port.js';
import { KEEPS_ENVIRONMENT, ScratchRedisServer } from './scratch-redis-server.js';

const QUORUM = 2;
const SENTINELS = 3;

/** A primary with a replica, and three sentinels that monitor them under the name `scratch`. */
export class ScratchRedisSentinels {
  private constructor(
    readonly primary: ScratchRedisServer,
    readonly replica: ScratchRedisServer,
    private readonly folder: string,
    private readonly ports: readonly number[],
    private readonly children: readonly ChildProcess[],
  ) {}

  /** Resolves when each sentinel has found the others and the replica. */
  static async start(): Promise<ScratchRedisSentinels> {
    const primary = await ScratchRedisServer.start({ args: ['--repl-diskless-sync-delay', '0'] });
    const args = ['--replicaof', '127.0.0.1', String(primary.port)];
    const replica = await ScratchRedisServer.start({ args });
    const folder = await mkdtemp(join(tmpdir(), 'scratch-sentinels-'));
    const ports: number[] = [];
    const children: ChildProcess[] = [];
    for (let index = 0; index < SENTINELS; index++) {
      const port = await freePort();
      const file = join(folder, `${port}.conf`);
      await writeFile(file, sentinelConf(port, primary.port, folder));
      ports.push(port);
      children.push(spawn('redis-server', [file, '--sentinel', ...KEEPS_ENVIRONMENT], { stdio: 'ignore' }));
    }
    const all = new ScratchRedisSentinels(primary, replica, folder, ports, children);
    process.once('exit', all.kill);
    await all.acquainted();
    return all;
  }

  /** The URLs in the form of `redis.state.sentinels`. */
  get urls(): string[] {
    return this.ports.map((port) => `redis://127.0.0.1:${port}`);
  }

  async remove(): Promise<void> {
    process.off('exit', this.kill);
    const ended = Promise.all(this.children.map((child) => once(child, 'exit')));
    this.kill();
    await ended;
    await Promise.all([this.primary.remove(), this.replica.remove()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private readonly kill = (): void => {
    for (const child of this.children) child.kill('SIGKILL');
  };

  private async acquainted(): Promise<void> {
    await Promise.all(this.ports.map(hurry));
    await Promise.all(this.ports.map(knowsAll));
  }
}

function at<T>(port: number, work: (sentinel: Redis) => Promise<T>): Promise<T> {
  const sentinel = new Redis(port, '127.0.0.1', { retryStrategy: () => 50 }).on('error', () => undefined);
  return work(sentinel).finally(() => sentinel.disconnect());
}

/** Shortens the intervals of a sentinel. By default it queries servers every ten seconds, and publishes every two. */
function hurry(port: number): Promise<unknown> {
  const periods = ['info-period', '200', 'publish-period', '200', 'ping-period', '200'];
  return at(port, (sentinel) => sentinel.call('SENTINEL', 'DEBUG', ...periods).catch(() => undefined));
}

function knowsAll(port: number): Promise<void> {
  return at(port, (sentinel) =>
    eventually(
      async () => {
        await sentinel.call('SENTINEL', 'CKQUORUM', 'scratch');
        const replicas = (await sentinel.call('SENTINEL', 'REPLICAS', 'scratch')) as unknown[];
        if (!JSON.stringify(replicas).includes('"master-link-status","ok"'))
          throw new Error('no replica yet');
      },
      { within: 30_000, every: 100 },
    ),
  );
}

function sentinelConf(port: number, primaryPort: number, folder: string): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor scratch 127.0.0.1 ${primaryPort} ${QUORUM}`,
    'sentinel down-after-milliseconds scratch 800',
    'sentinel failover-timeout scratch 3000',
    '',
  ].join('\n');
}
