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
  /** For the log and the broker's list of connections: `publishing`. */
  purpose: string;
  /** Where the loss of the connection is reported, and its return. */
  signal: DependencySignal;
  /** Declares what is needed on each new connection, before anybody gets a channel on it. */
  setUp?(model: ChannelModel): Promise<void>;
  /** The broker takes no messages on this connection, because of an alarm, or takes them again (undefined). */
  onBlocked?(reason: string | undefined): void;
}

/** A connection that lasted this long was sound: the next one is tried without a long pause. In milliseconds. */
const STABLE_AFTER_MS = 5_000;

/**
 * One connection to RabbitMQ that is made again whenever it is lost, until `close`. It connects, sets up and waits by
 * itself, because amqplib's own recovery waits for ever when a connection breaks while it is being closed.
 * Every call ends: with the broker's reply, with the connection, or when its time is over.
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

  /** Why the broker takes no messages on this connection; undefined when it takes them. */
  get blocked(): string | undefined {
    return this.alarm;
  }

  /** Why there is no connection; undefined while one stands. */
  get trouble(): Error | undefined {
    if (this.standing) return undefined;
    return this.failure ?? new Error('not connected yet');
  }

  /** Begins to connect. Calling it again changes nothing. */
  open(): void {
    this.running ??= RequestContext.detach(() => this.run());
  }

  /**
   * The connection, as soon as one stands; waits until then.
   *
   * @throws ConnectionLostError when this connection is closed for good
   */
  async model(): Promise<ChannelModel> {
    this.open();
    return (this.standing ?? (await this.next.promise)).model;
  }

  /** A channel; waits for the connection. It ends with the connection, or when the broker closes it for an error. */
  async openChannel(): Promise<Channel> {
    return this.opened((model) => model.createChannel());
  }

  /** A channel on which the broker confirms every message; waits for the connection. */
  async openConfirmChannel(): Promise<ConfirmChannel> {
    return this.opened((model) => model.createConfirmChannel());
  }

  /** Runs `task` once no other is running, so that it is known which call made the broker close the connection. */
  oneByOne<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(task);
    this.turn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** Closes the connection, or ends the attempt to make one. Resolves within a few seconds, whatever the broker does. */
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

  /** Resolves once the connection is lost, with the milliseconds that it stood. */
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
    // The alarm went with the connection, whose loss goes on with the outage.
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
      // A channel that opens after all is nobody's.
      opening.then((late) => late.close()).catch(() => undefined);
      throw error;
    }
  }

  /** The `close` of a channel is what its owner acts on; without a listener, its error would end the process. */
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
  // Nobody may be waiting when it is rejected.
  wait.promise.catch(() => undefined);
  return wait;
}
