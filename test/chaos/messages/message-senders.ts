import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpClient } from '../../support/network/http-client.js';
import type { Effect } from './messages-fixture.js';

/** What a sender does after a refusal, in milliseconds: not to spend its time on being refused. */
const PAUSE_MS = 50;

export interface MessageSendersOptions {
  /** Kept connections, each with one request at a time. */
  clients: number;
  /** They stop by themselves once so many were accepted. */
  until: number;
  /** Every so many messages one is put off by a moment, so that it goes by way of the outbox. */
  delayEvery?: number;
}

/** What became of what was sent, told by the effects that it had. */
export interface Account {
  /** Numbers of accepted messages that had no effect. */
  lost: number[];
  /** Numbers that had more than one effect. */
  doubled: number[];
  /** Ids of effects that nobody has sent. */
  foreign: string[];
  /** How many effects were of messages that were sent and not accepted. */
  unconfirmed: number;
}

/** Hand in numbered tasks, each number once, and remember which were accepted and how long each answer took. */
export class MessageSenders {
  /** The number of each id that was accepted. */
  readonly accepted = new Map<string, number>();
  /** How many answers of each kind there were, beside 202. */
  readonly refusals = new Map<string, number>();
  attempted = 0;
  /** Milliseconds. */
  slowest = 0;
  private stopped = false;
  private readonly running: Promise<void[]>;

  constructor(
    private readonly http: HttpClient,
    private readonly options: MessageSendersOptions,
  ) {
    this.running = Promise.all(Array.from({ length: options.clients }, () => this.send()));
  }

  /** Resolves when enough was accepted, or they were told to stop. */
  async done(): Promise<void> {
    await this.running;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Compares what was accepted with what it led to. */
  account(effects: readonly Effect[]): Account {
    const seen = new Map<number, number>();
    for (const { number } of effects) seen.set(number, (seen.get(number) ?? 0) + 1);
    const numbers = new Set(this.accepted.values());
    const foreign = effects.filter(({ messageId, number }) => {
      const accepted = this.accepted.get(messageId);
      return accepted === undefined ? numbers.has(number) || number > this.attempted : accepted !== number;
    });
    return {
      lost: [...numbers].filter((number) => !seen.has(number)),
      doubled: [...seen].filter(([, count]) => count > 1).map(([number]) => number),
      foreign: foreign.map(({ messageId }) => messageId),
      unconfirmed: [...seen.keys()].filter((number) => !numbers.has(number)).length,
    };
  }

  private async send(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.stopped && this.accepted.size < this.options.until) {
      if (!(await this.one(agent))) await delay(PAUSE_MS);
    }
    agent.destroy();
  }

  private async one(agent: Agent): Promise<boolean> {
    const number = (this.attempted += 1);
    const { delayEvery = Infinity } = this.options;
    const delay_ms = number % delayEvery === 0 ? 200 : 0;
    const body = { queue: 'task_queue', message: { number }, delay_ms };
    const started = performance.now();
    try {
      const reply = await this.http.post('/api/v1/message', body, { agent });
      if (reply.status === 202) this.accepted.set(reply.json<{ message_id: string }>().message_id, number);
      else this.count(`${reply.status} ${String(reply.json()['reason'])}`);
      return reply.status === 202;
    } catch (error) {
      this.count(String(error));
      return false;
    } finally {
      this.slowest = Math.max(this.slowest, performance.now() - started);
    }
  }

  private count(refusal: string): void {
    this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
  }
}
