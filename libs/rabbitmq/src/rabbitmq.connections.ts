import { type ConfigHandle, InjectConfig } from '@app/config';
import { type Dependency, Lifecycle, type LifecycleConfig, lifecycleConfig, Readiness } from '@app/lifecycle';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { BrokerConnection } from './connection/broker.connection.js';
import { type RabbitMqConfig, rabbitmqConfig } from './rabbitmq.config.js';
import { BrokerBlockedError, BrokerUnreachableError, TopologyConflictError } from './rabbitmq.errors.js';
import { RABBITMQ_OPTIONS, type RabbitMqOptions } from './rabbitmq.options.js';
import { Topology } from './topology/topology.js';

/**
 * The app's connections to RabbitMQ: one for publishing, one for consuming. During a memory or disk alarm the broker
 * reads nothing from a publishing connection, not even acknowledgements. With one connection, the backlog that caused
 * the alarm could not shrink. A consumer that makes the broker close its connection gets one of its own.
 */
@Injectable()
export class RabbitMqConnections implements OnModuleInit {
  /** For publishing. The whole topology of the app is declared on it first. */
  readonly publishing: BrokerConnection;
  /** For consumers; opened for the first consumer. */
  readonly consuming: BrokerConnection;
  private readonly separated = new Set<BrokerConnection>();
  private readonly blockedListeners: ((reason: string) => void)[] = [];
  private readonly needed: boolean;
  private readonly dependency: Dependency;
  private consumes = false;

  constructor(
    @InjectConfig(rabbitmqConfig) private readonly config: ConfigHandle<RabbitMqConfig>,
    @InjectConfig(lifecycleConfig) private readonly limits: ConfigHandle<LifecycleConfig>,
    @Inject(RABBITMQ_OPTIONS) { needed = true }: RabbitMqOptions,
    private readonly topology: Topology,
    lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    this.needed = needed;
    this.dependency = readiness.dependency('rabbitmq', `RabbitMQ at ${config.current.url.host}`);
    this.publishing = new BrokerConnection(config, {
      purpose: 'publishing',
      signal: this.dependency.connection('publishing'),
      setUp: (model) => topology.declareAll(model),
      onBlocked: (reason) => this.onAlarm(reason),
    });
    this.consuming = new BrokerConnection(config, {
      purpose: 'consuming',
      signal: this.dependency.connection('consuming'),
    });
    lifecycle.register({ name: 'rabbitmq', close: () => this.close() });
    const connected = async () => this.assertConnected();
    const publishing = async () => this.assertPublishing();
    // An app that does not need the broker reports an alarm as the state of `rabbitmq`. An app that needs it stays
    // ready during an alarm. The connections log their outages themselves; the first connecting is not an outage.
    const check = needed ? connected : publishing;
    readiness.register({ name: 'rabbitmq', needed, logsOutages: false, check });
    if (needed)
      readiness.register({
        name: 'rabbitmq_publishing',
        needed: false,
        logsOutages: false,
        check: publishing,
      });
  }

  /**
   * @throws BrokerUnreachableError when the app needs the broker and it stays unavailable for `lifecycle.start_timeout`
   * @throws TopologyConflictError when the app needs the broker and the broker has a queue with other arguments
   */
  async onModuleInit(): Promise<void> {
    this.publishing.open();
    if (!this.needed) return;
    try {
      await this.awaitFirst();
      const conflict = [...this.topology.troubles.values()].find(
        (error) => error instanceof TopologyConflictError,
      );
      if (conflict) throw conflict;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Calls `listener` when an alarm of the broker begins to block this app's publishing. */
  onBlocked(listener: (reason: string) => void): void {
    this.blockedListeners.push(listener);
  }

  /** Opens the connection that consumers share. */
  openConsuming(): BrokerConnection {
    this.consumes = true;
    this.consuming.open();
    return this.consuming;
  }

  /** For queue metrics. It prefers the consuming connection: an alarm blocks the publishing one. */
  get measuring(): BrokerConnection {
    return this.consumes ? this.consuming : this.publishing;
  }

  /** Opens a separate connection for the consumer of `queue`. The caller closes it. */
  openSeparate(queue: string): BrokerConnection {
    const purpose = `consuming ${queue}`;
    const signal = this.dependency.connection(purpose);
    const connection = new BrokerConnection(this.config, { purpose, signal });
    connection.open();
    this.separated.add(connection);
    return connection;
  }

  /** Closes a connection of `openSeparate`. */
  async closeSeparate(connection: BrokerConnection): Promise<void> {
    this.separated.delete(connection);
    await connection.close();
    this.dependency.connection(connection.purpose).back();
  }

  private async awaitFirst(): Promise<void> {
    const { startTimeout } = this.limits.current;
    const late = Promise.withResolvers<never>();
    const { host } = this.config.current.url;
    const timer = setTimeout(
      () => late.reject(BrokerUnreachableError.of(host, this.publishing.trouble)),
      startTimeout,
    );
    try {
      await Promise.race([this.publishing.model(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async close(): Promise<void> {
    const all = [this.publishing, this.consuming, ...this.separated];
    await Promise.all(all.map((connection) => connection.close()));
  }

  private onAlarm(reason: string | undefined): void {
    const signal = this.dependency.connection('alarm');
    if (reason === undefined) return signal.back();
    signal.lost(BrokerBlockedError.of(reason));
    for (const listener of this.blockedListeners) listener(reason);
  }

  private assertConnected(): void {
    const trouble = this.publishing.trouble ?? (this.consumes ? this.consuming.trouble : undefined);
    if (trouble) throw trouble;
  }

  private assertPublishing(): void {
    this.assertConnected();
    const { blocked } = this.publishing;
    if (blocked !== undefined) throw new Error(`RabbitMQ takes no messages: ${blocked}`);
    const [failed] = [...this.topology.troubles.keys()];
    if (failed !== undefined)
      throw new Error(`RabbitMQ did not declare ${[...this.topology.troubles.keys()].join(', ')}`);
  }
}
