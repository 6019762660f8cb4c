import { setTimeout as pause } from 'node:timers/promises';
import type { ConfigHandle } from '@app/config';
import { RequestContext } from '@app/context';
import type { DependencySignal } from '@app/lifecycle';
import { Logger } from '@nestjs/common';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import type { RabbitMqConfig } from '../rabbitmq.config.js';
import { ConnectionLostError } from '../rabbitmq.errors.js';
import { type OpenConnection, openConnection } from './open-connection.js';
import { reconnectDelay } from './reconnect-delay.js';
import { untilClosed } from './until-closed.js';

export interface BrokerConnectionOptions {
  /** The name for the log and for the broker's list of connections: `publishing`. */
  purpose: string;
  /** Receives the loss and the return of the connection. */
  signal: DependencySignal;
  /** Declares the topology on each new connection, before a channel is opened on it. */
  setUp?(model: ChannelModel): Promise<void>;
  /** Called when an alarm blocks publishing on this connection, and with undefined when it ends. */
  onBlocked?(reason: string | undefined): void;
}

/** After a connection that lasted this long, in milliseconds, the back-off starts again from the first pause. */
const STABLE_AFTER_MS = 5_000;

/**
 * A connection to RabbitMQ that reconnects whenever it is lost, until `close`. It does not use amqplib's own recovery,
 * which waits without end when a connection is lost while it is being closed.
 * Every call ends: with the broker's reply, with the end of the connection, or with its timeout.
 */
export class BrokerConnection {
  private readonly logger = new Logger(BrokerConnection.name);
  private readonly stopping = new AbortController();
  private standing: OpenConnection | undefined;
  private failure: Error | undefined;
  private wasLost = false;
  private readonly place: string;
  private alarm: string | undefined;
  private next = newWait();
  private turn: Promise<void> = Promise.resolve();
  private running: Promise<void> | undefined;

  constructor(
    private readonly config: ConfigHandle<RabbitMqConfig>,
    private readonly options: BrokerConnectionOptions,
  ) {
    this.place = `RabbitMQ at ${config.current.url.host} for ${options.purpose}`;
  }

  get purpose(): string {
    return this.options.purpose;
  }

  /** Why the broker blocks publishing on this connection; undefined when it does not. */
  get blocked(): string | undefined {
    return this.alarm;
  }

  /** Why there is no connection; undefined while it is connected. */
  get trouble(): Error | undefined {
    if (this.standing) return undefined;
    return this.failure ?? new Error('not connected yet');
  }

  /** Starts to connect. Calling it again changes nothing. */
  open(): void {
    this.running ??= RequestContext.detach(() => this.run());
  }

  /**
   * Waits for the connection and returns it.
   *
   * @throws ConnectionLostError when this connection is closed for good
   */
  async model(): Promise<ChannelModel> {
    this.open();
    return (this.standing ?? (await this.next.promise)).model;
  }

  /** Waits for the connection and opens a channel. It ends with its connection, or on an error at the broker. */
  async openChannel(): Promise<Channel> {
    return this.opened((model) => model.createChannel());
  }

  /** Waits for the connection and opens a channel with publisher confirms. */
  async openConfirmChannel(): Promise<ConfirmChannel> {
    return this.opened((model) => model.createConfirmChannel());
  }

  /** Runs tasks one at a time. So when the broker closes the connection, the task that caused it is known. */
  oneByOne<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(task);
    this.turn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** Closes the connection or cancels connecting. Resolves within a few seconds, even if the broker does not reply. */
  async close(): Promise<void> {
    this.stopping.abort();
    this.next.reject(ConnectionLostError.during(`connection for ${this.options.purpose}`, undefined));
    await this.standing?.end();
    await this.running;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    let attempt = 0;
    while (!this.stopped) {
      const lasted = await this.connectAndStay();
      attempt = lasted >= STABLE_AFTER_MS ? 1 : attempt + 1;
      const { reconnectDelay: initial, reconnectMaxDelay: longest } = this.config.current;
      const delay = reconnectDelay(attempt, { initial, longest });
      await pause(delay, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Connects and waits until the connection is lost. Resolves with its duration in milliseconds. */
  private async connectAndStay(): Promise<number> {
    let connection: OpenConnection | undefined;
    try {
      connection = await openConnection(this.config.current, this.options.purpose, this.stopping.signal);
      await this.options.setUp?.(connection.model);
      if (connection.isClosed) throw (await connection.closed) ?? new Error('the connection was closed');
    } catch (error) {
      await connection?.end();
      this.onLost(error);
      return 0;
    }
    const since = performance.now();
    this.onStanding(connection);
    const error = await connection.closed;
    this.onLost(error ?? new Error('the connection was closed'));
    return performance.now() - since;
  }

  private onStanding(connection: OpenConnection): void {
    this.standing = connection;
    connection.model.on('blocked', (reason: string) => this.onAlarm(reason));
    connection.model.on('unblocked', () => this.onAlarm(undefined));
    this.next.resolve(connection);
    this.next = newWait();
    if (this.wasLost) this.options.signal.back();
    else this.logger.log(`connected to ${this.place}`);
    this.wasLost = false;
    if (this.stopped) void connection.end();
  }

  private onLost(error: unknown): void {
    this.standing = undefined;
    this.failure = error instanceof Error ? error : new Error(String(error));
    if (!this.stopped) {
      this.wasLost = true;
      this.options.signal.lost(this.failure);
    }
    // The alarm ended with the connection. The outage continues with the loss of the connection.
    if (this.alarm !== undefined) this.onAlarm(undefined);
  }

  private onAlarm(reason: string | undefined): void {
    this.alarm = reason;
    this.options.onBlocked?.(reason);
  }

  private async opened<T extends Channel>(open: (model: ChannelModel) => Promise<T>): Promise<T> {
    const model = await this.model();
    const opening = open(model);
    try {
      const within = this.config.current.replyTimeout;
      return this.watched(await untilClosed(opening, { owner: model, operation: 'open a channel', within }));
    } catch (error) {
      // If the channel opens after the timeout, nobody uses it.
      opening.then((late) => late.close()).catch(() => undefined);
      throw error;
    }
  }

  /** Listens for errors of a channel: without a listener they would end the process. Its owner reacts to `close`. */
  private watched<T extends Channel>(channel: T): T {
    channel.on('error', (error: Error) =>
      this.logger.debug({ reason: error.message }, `RabbitMQ closed a channel for ${this.options.purpose}`),
    );
    channel.on('handler-error', (error: Error) =>
      this.logger.error({ err: error }, 'a listener of a channel failed'),
    );
    return channel;
  }
}

function newWait(): PromiseWithResolvers<OpenConnection> {
  const wait = Promise.withResolvers<OpenConnection>();
  // Avoids an unhandled rejection when nobody waits.
  wait.promise.catch(() => undefined);
  return wait;
}
