import { type ConfigHandle, InjectConfig } from '@app/config';
import type { Destination, ExchangeDefinition, QueueDefinition } from '@app/contracts';
import { Injectable, Logger } from '@nestjs/common';
import type { Channel, ChannelModel } from 'amqplib';
import { closeChannel } from '../connection/close-channel.js';
import { untilClosed } from '../connection/until-closed.js';
import { type RabbitMqConfig, rabbitmqConfig } from '../rabbitmq.config.js';
import { declareExchange, declareQueue } from './declaration.js';
import { brokerQueuesOf } from './queue-arguments.js';
import { isProtocolFault } from './protocol-fault.js';

/** How long a definition is skipped after its declaration closed the connection, in milliseconds. */
const SKIP_MS = 30_000;

/**
 * The queues and exchanges that this app publishes to or consumes from. Each is declared once per connection, on a
 * channel of its own, so that a failed declaration does not affect the others.
 */
@Injectable()
export class Topology {
  private readonly logger = new Logger(Topology.name);
  private readonly definitions = new Map<string, QueueDefinition>();
  private readonly exchanges = new Map<string, ExchangeDefinition>();
  private readonly names = new Set<string>();
  private readonly declared = new WeakMap<ChannelModel, Map<string, Promise<void>>>();
  private readonly failures = new Map<string, Error>();
  /** Declarations that were running when the broker closed the connection because of one of them. */
  private readonly suspects = new Set<string>();
  private readonly skippedUntil = new Map<string, number>();

  constructor(@InjectConfig(rabbitmqConfig) private readonly config: ConfigHandle<RabbitMqConfig>) {}

  /** Adds queues and exchanges. Each is declared on the next connection. Adding one twice changes nothing. */
  add(...destinations: readonly Destination[]): void {
    for (const destination of destinations) {
      if ('exchange' in destination) this.addExchange(destination);
      else this.addQueue(destination);
    }
  }

  /** The definition of a queue of this app, by its name. */
  find(name: string): QueueDefinition | undefined {
    return this.definitions.get(name);
  }

  /** The definition of an exchange of this app, by its name. */
  findExchange(name: string): ExchangeDefinition | undefined {
    return this.exchanges.get(name);
  }

  /** Whether this app defines an exchange or queue of this name, including retry, quarantine and dead-letter queues. */
  declares(name: string): boolean {
    return this.names.has(name);
  }

  /** The definitions of this app's queues. */
  get queues(): QueueDefinition[] {
    return [...this.definitions.values()];
  }

  /** The definitions whose last declaration failed, with the errors. */
  get troubles(): ReadonlyMap<string, Error> {
    return this.failures;
  }

  /**
   * Declares everything on a new connection. A failed definition is logged and appears in `troubles`; the others
   * continue. Suspects are declared last and one by one: the one that is running when the connection ends is the cause.
   */
  async declareAll(model: ChannelModel): Promise<void> {
    const attempt = (name: string): Promise<void> => this.declare(model, name).catch(() => undefined);
    const names = [...new Set([...this.exchanges.keys(), ...this.definitions.keys()])];
    const due = names.filter((name) => !this.isSkipped(name));
    await Promise.all(due.filter((name) => !this.suspects.has(name)).map(attempt));
    for (const name of due.filter((each) => this.suspects.has(each))) await attempt(name);
  }

  /**
   * Declares the queue or exchange `name`, unless it was declared on this connection. Use `again` when the broker no
   * longer has it. A retry, quarantine or dead-letter queue is declared with its queue. An unknown name does nothing.
   *
   * @throws TopologyConflictError when the broker has it with other arguments
   * @throws RabbitMqError when the broker does not reply in time or the connection ends
   */
  async declare(model: ChannelModel, name: string, { again = false } = {}): Promise<void> {
    const owner = this.ownerOf(name);
    if (owner === undefined) return;
    const known = this.declared.get(model) ?? new Map<string, Promise<void>>();
    this.declared.set(model, known);
    const before = known.get(owner);
    if (before && !again) return before;
    const declaring = this.declareOnChannel(model, owner);
    known.set(owner, declaring);
    declaring.catch(() => known.delete(owner));
    await declaring;
  }

  private async declareOnChannel(model: ChannelModel, name: string): Promise<void> {
    let fault: Error | undefined;
    const onClose = (error?: Error): void => void (fault = error);
    model.once('close', onClose);
    try {
      await this.onChannel(model, (channel) => this.declareOn(channel, name));
      this.failures.delete(name);
      this.suspects.delete(name);
    } catch (error) {
      if (isProtocolFault(fault)) this.suspect(name);
      this.fail(name, fault ?? error);
      throw error;
    } finally {
      model.off('close', onClose);
    }
  }

  private async onChannel(model: ChannelModel, use: (channel: Channel) => Promise<void>): Promise<void> {
    const within = this.config.current.replyTimeout;
    const opening = model.createChannel();
    const channel = await untilClosed(opening, { owner: model, operation: 'open a channel', within });
    // The error also rejects its call. Without a listener it would end the process.
    channel.on('error', () => undefined);
    // When a channel closes, it rejects its calls. So only the timeout matters here.
    await untilClosed(use(channel), { owner: model, operation: 'declare a queue', within });
    await closeChannel(channel);
  }

  private async declareOn(channel: Channel, name: string): Promise<void> {
    const queue = this.definitions.get(name);
    const exchange = this.exchanges.get(name);
    if (exchange) await declareExchange(channel, exchange);
    if (queue) await declareQueue(channel, queue);
  }

  private suspect(name: string): void {
    if (this.suspects.has(name)) this.skippedUntil.set(name, performance.now() + SKIP_MS);
    this.suspects.add(name);
  }

  private isSkipped(name: string): boolean {
    return performance.now() < (this.skippedUntil.get(name) ?? 0);
  }

  private fail(name: string, error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (this.failures.get(name)?.message !== failure.message)
      this.logger.error({ err: failure, destination: name }, `RabbitMQ did not declare ${name}`);
    this.failures.set(name, failure);
  }

  private ownerOf(name: string): string | undefined {
    if (this.definitions.has(name) || this.exchanges.has(name)) return name;
    if (!this.names.has(name)) return undefined;
    return [...this.definitions.values()].find((queue) =>
      brokerQueuesOf(queue).some((each) => each.name === name),
    )?.name;
  }

  private addExchange(exchange: ExchangeDefinition): void {
    this.exchanges.set(exchange.name, exchange);
    this.names.add(exchange.name);
  }

  private addQueue(queue: QueueDefinition): void {
    const known = this.definitions.get(queue.name)?.retry ?? [];
    this.definitions.set(queue.name, { ...queue, retry: [...new Set([...known, ...queue.retry])] });
    for (const { name } of brokerQueuesOf(queue)) this.names.add(name);
    if (queue.from) this.addExchange(queue.from);
  }
}
