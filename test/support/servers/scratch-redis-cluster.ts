import type { Redis } from 'ioredis';
import { eventually } from '../assertions/eventually.js';
import { freePort } from '../network/free-port.js';
import { ScratchRedisServer } from './scratch-redis-server.js';

const SLOTS = 16_384;

export interface ScratchClusterOptions {
  /** The number of primaries, each with an equal part of the slots. @default 3 */
  primaries?: number;
  /** The number of replicas of each primary. @default 0 */
  replicas?: number;
}

/** A Redis Cluster of real processes. */
export class ScratchRedisCluster {
  private constructor(
    readonly servers: readonly ScratchRedisServer[],
    /** The bus port of each node. Its default is in the range of outgoing connections, so it may be in use. */
    private readonly busPorts: readonly number[],
    readonly primaries: number,
  ) {}

  /** Resolves when every node sees all slots served. */
  static async start({
    primaries = 3,
    replicas = 0,
  }: ScratchClusterOptions = {}): Promise<ScratchRedisCluster> {
    const count = primaries * (1 + replicas);
    const args = [
      '--cluster-enabled',
      'yes',
      '--cluster-node-timeout',
      '1000',
      '--repl-diskless-sync-delay',
      '0',
    ];
    const busPorts: number[] = [];
    for (let index = 0; index < count; index++) busPorts.push(await freePort());
    const servers = await Promise.all(
      busPorts.map((port) => ScratchRedisServer.start({ args: [...args, '--cluster-port', String(port)] })),
    );
    const cluster = new ScratchRedisCluster(servers, busPorts, primaries);
    await cluster.form();
    return cluster;
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }

  /** Runs `work` with a client of the node at this index. */
  async at<T>(index: number, work: (node: Redis) => Promise<T>): Promise<T> {
    const server = this.servers[index];
    if (!server) throw new RangeError(`there is no node ${index}`);
    const client = server.client();
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  /** Moves a slot with its keys from one primary to another, as resharding does. */
  async move(slot: number, from: number, to: number): Promise<void> {
    const [source, target] = [await this.idOf(from), await this.idOf(to)];
    const port = this.servers[to]?.port ?? 0;
    await this.at(to, (node) => node.cluster('SETSLOT', slot, 'IMPORTING', source));
    await this.at(from, async (node) => {
      await node.cluster('SETSLOT', slot, 'MIGRATING', target);
      for (;;) {
        const keys = await node.cluster('GETKEYSINSLOT', slot, 100);
        if (keys.length === 0) break;
        await node.migrate('127.0.0.1', port, '', 0, 5000, 'KEYS', ...keys.map(String));
      }
    });
    for (const index of [to, from])
      await this.at(index, (node) => node.cluster('SETSLOT', slot, 'NODE', target));
  }

  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.remove()));
  }

  private idOf(index: number): Promise<string> {
    return this.at(index, async (node) => String(await node.cluster('MYID')));
  }

  private async form(): Promise<void> {
    const { servers, primaries } = this;
    for (let index = 0; index < primaries; index++) {
      const [first, last] = [
        Math.ceil((index * SLOTS) / primaries),
        Math.ceil(((index + 1) * SLOTS) / primaries) - 1,
      ];
      await this.at(index, async (node) => {
        await node.call('CLUSTER', 'ADDSLOTSRANGE', first, last);
        await node.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      });
    }
    await this.at(0, async (node) => {
      for (const [index, { port }] of servers.entries())
        if (index > 0) await node.call('CLUSTER', 'MEET', '127.0.0.1', port, this.busPorts[index] ?? 0);
    });
    for (let index = primaries; index < servers.length; index++) {
      const primary = await this.idOf(index % primaries);
      await this.at(index, (node) =>
        eventually(() => node.call('CLUSTER', 'REPLICATE', primary), { within: 10_000 }),
      );
    }
    await Promise.all(servers.map((_, index) => this.at(index, (node) => this.whole(node))));
  }

  private async whole(node: Redis): Promise<void> {
    await eventually(
      async () => {
        const info = String(await node.cluster('INFO'));
        const known = info.includes(`cluster_known_nodes:${this.servers.length}`);
        if (!info.includes('cluster_state:ok') || !known) throw new Error(info);
        const replicas = String(await node.call('CLUSTER', 'NODES')).match(/slave/g)?.length ?? 0;
        if (replicas < this.servers.length - this.primaries) throw new Error('replicas are not known yet');
      },
      { within: 20_000, every: 100 },
    );
  }
}
