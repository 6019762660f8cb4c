import { Agent } from 'node:http';
import type { HttpReply } from '../support/network/http-client.js';

/** What became of the requests of a load. */
export interface LoadResult {
  /** How many had each status. */
  statuses: Record<number, number>;
  /** Replies with another status than 200: the first of them, which tell as much as all. */
  refusals: HttpReply[];
  /** Of requests that were sent and got no reply, the first: what an orderly stop must not leave. */
  broken: string[];
}

/** Nobody listens any more: a request that never left is not a broken one. */
const NOT_SENT = 'ECONNREFUSED';
const KEPT = 10;

/**
 * Sends requests over kept connections, one after the other on each, until told to stop. A client goes
 * elsewhere, as a balancer would, when a reply says `Connection: close` or when nobody listens any more.
 */
export class LightLoad {
  private stopped = false;
  private readonly result: LoadResult = { statuses: {}, refusals: [], broken: [] };
  private readonly clients: Promise<void>[];

  constructor(clients: number, call: (agent: Agent) => Promise<HttpReply>) {
    this.clients = Array.from({ length: clients }, () => this.run(call));
  }

  /** How many were answered with 200 so far. */
  get succeeded(): number {
    return this.result.statuses[200] ?? 0;
  }

  /** Resolves once every client has its last reply. */
  async stop(): Promise<LoadResult> {
    this.stopped = true;
    return this.ended();
  }

  /** Resolves when no client could go on. */
  async ended(): Promise<LoadResult> {
    await Promise.all(this.clients);
    return this.result;
  }

  private async run(call: (agent: Agent) => Promise<HttpReply>): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.stopped) {
      try {
        const reply = await call(agent);
        this.result.statuses[reply.status] = (this.result.statuses[reply.status] ?? 0) + 1;
        if (reply.status !== 200) keep(this.result.refusals, reply);
        if (reply.headers.connection === 'close') break;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === NOT_SENT) break;
        keep(this.result.broken, code ?? String(error));
      }
    }
    agent.destroy();
  }
}

function keep<T>(list: T[], item: T): void {
  if (list.length < KEPT) list.push(item);
}
