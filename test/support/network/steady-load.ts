import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpReply } from './http-client.js';

export interface SteadyLoadOptions {
  /** The number of keep-alive connections, each with one request at a time. */
  clients: number;
  /** The most requests per second over all clients. */
  rate: number;
}

/** The results of a load. */
export interface SteadyLoadResult {
  succeeded: number;
  /** One line per request without a 2xx reply: its status and body, or the error. */
  failures: string[];
}

/** Sends requests at a steady rate over keep-alive connections, until `stop`. */
export class SteadyLoad {
  private stopped = false;
  private readonly result: SteadyLoadResult = { succeeded: 0, failures: [] };
  private readonly running: Promise<void>[];

  constructor(
    private readonly call: (agent: Agent) => Promise<HttpReply>,
    { clients, rate }: SteadyLoadOptions,
  ) {
    const pause = (clients / rate) * 1000;
    this.running = Array.from({ length: clients }, () => this.run(pause));
  }

  get succeeded(): number {
    return this.result.succeeded;
  }

  /** Resolves once every client has received its last reply. */
  async stop(): Promise<SteadyLoadResult> {
    this.stopped = true;
    await Promise.all(this.running);
    return this.result;
  }

  private async run(pause: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.stopped) {
      const next = delay(pause);
      await this.once(agent);
      await next;
    }
    agent.destroy();
  }

  private async once(agent: Agent): Promise<void> {
    try {
      const { status, text } = await this.call(agent);
      if (status >= 200 && status < 300) this.result.succeeded += 1;
      else this.result.failures.push(`${status} ${text}`);
    } catch (error) {
      const { reused } = error as { reused?: boolean };
      this.result.failures.push(`${String(error)} on a ${reused ? 'kept' : 'new'} connection`);
    }
  }
}

/**
 * The documented failures of a request after the intake has stopped or the listener has closed. A connection that was
 * not accepted yet is reset when the listener closes.
 */
const REFUSED = /^503 .*SHUTTING_DOWN|ECONNREFUSED|ECONNRESET(?: \S+)? on a new connection/;

/** The failures that a stopping server must not cause. */
export function unexpected(failures: readonly string[]): string[] {
  return failures.filter((failure) => !REFUSED.test(failure));
}

/** The number of failures per kind, over all requests. */
export function kindsOf(failures: readonly string[]): Record<string, number> {
  const kinds = Map.groupBy(failures, (failure) => failure.replace(/"trace_id":"\w+",?/, ''));
  return Object.fromEntries([...kinds].map(([kind, each]) => [kind, each.length]));
}
