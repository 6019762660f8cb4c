import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpClient, HttpReply } from '../../support/network/http-client.js';

/** The outcome for a client: counted, possibly counted, or not counted and repeatable without a key. */
export type Conclusion = 'acknowledged' | 'unknown' | 'refused';

/** One request, which may be sent again under its key. */
export interface KeyedIncrement {
  readonly key: string;
  /** How many increments of 1 the request carries. */
  readonly items: number;
  readonly conclusion: Conclusion;
  /** The reply, when it was not acknowledged. */
  readonly answer?: string;
}

export interface KeyedIncrementsOptions {
  counter: { resource_id: string; counter_type: string };
  /** The total number of requests. */
  requests: number;
  /** The most requests in flight. */
  clients: number;
  /** The shortest time between two requests of one client, in milliseconds. */
  pause: number;
}

/** Sends a fixed number of increments of one counter, each request with its own idempotency key. */
export class KeyedIncrements {
  readonly sent: KeyedIncrement[] = [];
  /** Resolves when every request has its reply. */
  readonly done: Promise<void>;
  private begun = 0;

  constructor(
    private readonly http: HttpClient,
    private readonly options: KeyedIncrementsOptions,
  ) {
    this.done = Promise.all(Array.from({ length: options.clients }, () => this.run())).then(() => undefined);
  }

  /** How many requests have no reply yet. */
  get inFlight(): number {
    return this.begun - this.sent.length;
  }

  /** The number of increments with this conclusion. */
  sum(conclusion: Conclusion): number {
    return this.sent
      .filter((each) => each.conclusion === conclusion)
      .reduce((total, { items }) => total + items, 0);
  }

  /** The replies with this conclusion, and the number of each. */
  answers(conclusion: Conclusion): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { answer, ...each } of this.sent)
      if (each.conclusion === conclusion && answer !== undefined) counts[answer] = (counts[answer] ?? 0) + 1;
    return counts;
  }

  /** How many increments were sent, with any outcome. A repetition does not count again. */
  get attempted(): number {
    return this.sent.reduce((total, { items }) => total + items, 0);
  }

  /** Repeats every unacknowledged request under its key. Returns how many are still not acknowledged. */
  async repeat(): Promise<number> {
    const agent = new Agent({ keepAlive: true, maxSockets: this.options.clients });
    for (const [index, { key, items, conclusion }] of this.sent.entries())
      if (conclusion !== 'acknowledged') this.sent[index] = await this.send(key, items, agent);
    agent.destroy();
    return this.sent.filter(({ conclusion }) => conclusion !== 'acknowledged').length;
  }

  /** Sends one request: every third carries several increments. */
  private async send(key: string, items: number, agent: Agent): Promise<KeyedIncrement> {
    const { counter } = this.options;
    const [path, body] =
      items === 1
        ? ['increment', counter]
        : ['batch/increment', { items: Array(items).fill({ ...counter, delta: 1 }) }];
    try {
      const options = { agent, headers: { 'idempotency-key': key } };
      return { key, items, ...conclude(await this.http.post(`/api/v1/counter/${path}`, body, options)) };
    } catch (error) {
      return { key, items, conclusion: 'unknown', answer: `no answer: ${String(error)}` };
    }
  }

  private async run(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (this.begun < this.options.requests) {
      this.begun += 1;
      const next = delay(this.options.pause);
      this.sent.push(await this.send(randomUUID(), this.begun % 3 === 0 ? 4 : 1, agent));
      await next;
    }
    agent.destroy();
  }
}

function conclude({ status, text }: HttpReply): Pick<KeyedIncrement, 'conclusion' | 'answer'> {
  if (status === 200) return { conclusion: 'acknowledged' };
  const { reason = '', details } = JSON.parse(text) as { reason?: string; details?: { outcome?: string } };
  const isUnknown = reason === 'OUTCOME_UNKNOWN' || details?.outcome === 'unknown';
  return { conclusion: isUnknown ? 'unknown' : 'refused', answer: `${status} ${reason}` };
}
