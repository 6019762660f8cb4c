import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/assertions/eventually.js';
import type { HttpClient, HttpReply } from '../../support/network/http-client.js';

/** Failed calls are not repeated, but the next one is delayed, in milliseconds. */
const PAUSE_AFTER_FAILURE_MS = 20;

export interface CountingOptions {
  counterType: string;
  counters: readonly string[];
  clients: number;
  /** The delta of the nth increment. */
  delta: (n: number) => number;
  /** How many increments the nth call carries. */
  batch: (n: number) => number;
  /** The most calls per second of each client. @default no limit */
  rate?: number;
}

/** A client's record of one counter: the sums of acknowledged deltas, and of those that may have been counted. */
export interface Known {
  acknowledged: number;
  /** The sums of the deltas without a reply, separately by sign. */
  perhapsUp: number;
  perhapsDown: number;
}

interface Acknowledgement {
  at: number;
  counter: string;
  delta: number;
}

/** Clients that count over keep-alive connections, and record every reply. */
export class CountingClients {
  readonly known = new Map<string, Known>();
  readonly acknowledgements: Acknowledgement[] = [];
  /** The number of failures by status and reason. */
  readonly failures = new Map<string, number>();
  /** The duration of the slowest call, in milliseconds. */
  slowest = 0;
  private calls = 0;
  private stopped = false;
  private readonly running: Promise<void>[];

  constructor(
    private readonly http: HttpClient,
    private readonly options: CountingOptions,
  ) {
    for (const counter of options.counters)
      this.known.set(counter, { acknowledged: 0, perhapsUp: 0, perhapsDown: 0 });
    this.running = Array.from({ length: options.clients }, () => this.run());
  }

  /** How many increments were acknowledged. */
  get counted(): number {
    return this.acknowledgements.length;
  }

  /** How many calls failed. */
  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Resolves when this many increments were acknowledged. @throws with the failures when it takes longer */
  async reaches(count: number, { within = 30_000 } = {}): Promise<void> {
    const look = () => {
      if (this.counted < count)
        throw new Error(
          `${this.counted} of ${count} increments; failed: ${JSON.stringify([...this.failures])}`,
        );
    };
    await eventually(look, { within });
  }

  /** The sum of the acknowledged deltas of a counter in this time (of `performance.now()`). */
  sumBetween(counter: string, from: number, to: number): number {
    return this.acknowledgements
      .filter((each) => each.counter === counter && each.at >= from && each.at <= to)
      .reduce((sum, { delta }) => sum + delta, 0);
  }

  /** Resolves once every client has its last reply. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async run(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.stopped) {
      const { rate } = this.options;
      const next = rate === undefined ? undefined : delay(1000 / rate);
      await this.call(agent);
      await next;
    }
    agent.destroy();
  }

  private async call(agent: Agent): Promise<void> {
    const { counterType, counters, delta, batch } = this.options;
    const call = (this.calls += 1);
    const items = Array.from({ length: batch(call) }, (_, index) => ({
      resource_id: counters[(call * 7 + index) % counters.length] ?? '',
      counter_type: counterType,
      delta: delta(call + index),
    }));
    const [first] = items;
    const started = performance.now();
    const failure = await (items.length === 1
      ? this.send(agent, 'increment', first)
      : this.send(agent, 'batch/increment', { items }));
    this.slowest = Math.max(this.slowest, performance.now() - started);
    for (const item of items) this.note(item.resource_id, item.delta, failure === undefined);
    if (failure === undefined) return;
    this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
    await delay(PAUSE_AFTER_FAILURE_MS);
  }

  /** Returns the failure, if any. */
  private async send(agent: Agent, route: string, body: unknown): Promise<string | undefined> {
    try {
      const reply = await this.http.post(`/api/v1/counter/${route}`, body, { agent });
      return reply.status === 200 ? undefined : reasonOf(reply);
    } catch (error) {
      return String(error);
    }
  }

  private note(counter: string, delta: number, answered: boolean): void {
    const known = this.known.get(counter);
    if (!known) return;
    if (answered) {
      known.acknowledged += delta;
      this.acknowledgements.push({ at: performance.now(), counter, delta });
    } else if (delta > 0) known.perhapsUp += delta;
    else known.perhapsDown += delta;
  }
}

function reasonOf({ status, text }: HttpReply): string {
  const { reason } = JSON.parse(text) as { reason?: string };
  return `${status} ${reason}`;
}
