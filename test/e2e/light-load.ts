import { Agent } from 'node:http';
import type { HttpReply } from '../support/network/http-client.js';

/** The results of the requests of a load. */
export interface LoadResult {
  /** The number of replies per status. */
  statuses: Record<number, number>;
  /** The first replies with another status than 200. */
  refusals: HttpReply[];
  /** The first errors of requests that were sent and received no reply. A clean stop causes none. */
  broken: string[];
}

/** The error of a closed port. Such a request was never sent, so it does not count as broken. */
const NOT_SENT = 'ECONNREFUSED';
const KEPT = 10;

/**
 * Sends requests over keep-alive connections, one after the other on each, until `stop`. A client ends when a reply has
 * `Connection: close` or when the port is closed, as if a balancer sent it elsewhere.
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

  /** Resolves once every client has received its last reply. */
  async stop(): Promise<LoadResult> {
    this.stopped = true;
    return this.ended();
  }

  /** Resolves when every client has ended by itself. */
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
