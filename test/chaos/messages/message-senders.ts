import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpClient } from '../../support/network/http-client.js';
import type { Effect } from './messages-fixture.js';

/** The pause of a sender after a refusal, in milliseconds. */
const PAUSE_MS = 50;

export interface MessageSendersOptions {
  /** The number of keep-alive connections, each with one request at a time. */
  clients: number;
  /** The senders stop once this many messages were accepted. */
  until: number;
  /** One in this many messages is slightly delayed, so that it passes through the outbox. */
  delayEvery?: number;
}

/** The results of the sent messages, by their effects. */
export interface Account {
  /** The numbers of accepted messages without an effect. */
  lost: number[];
  /** The numbers of messages with more than one effect. */
  doubled: number[];
  /** The ids of effects of unknown messages. */
  foreign: string[];
  /** The number of effects of messages that were sent but not accepted. */
  unconfirmed: number;
}

/** Submit numbered tasks, each number once. They record the accepted ones and the duration of each reply. */
export class MessageSenders {
  /** The number of each accepted message, by its id. */
  readonly accepted = new Map<string, number>();
  /** The number of replies of each kind, without 202. */
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

  /** Resolves when enough messages were accepted, or after `stop`. */
  async done(): Promise<void> {
    await this.running;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Compares the accepted messages with their effects. */
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
