import type { BrokerConnection } from '../connection/broker.connection.js';
import { isProtocolFault } from '../topology/protocol-fault.js';
import type { Topology } from '../topology/topology.js';
import { ConsumerChannel, type ConsumerChannelOptions } from './consumer.channel.js';

export interface ConsumerAttemptOptions extends ConsumerChannelOptions {
  /** Whether to declare the queue even if it was declared on this connection before. */
  declareAgain: boolean;
  /** Cancels the attempt. A channel that still opens is closed. */
  signal: AbortSignal;
}

/** One attempt to consume a queue: waits for the connection, declares the queue, starts to consume. */
export class ConsumerAttempt {
  private lost = false;
  private cause: Error | undefined;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly topology: Topology,
    private readonly options: ConsumerAttemptOptions,
  ) {}

  /** The error with which the broker closed the connection because of this attempt; undefined otherwise. */
  get fault(): Error | undefined {
    return this.cause;
  }

  /** Whether the attempt failed only because the connection was lost. */
  get lostConnection(): boolean {
    return this.lost && this.cause === undefined;
  }

  /** @throws when the broker rejects it, the connection is lost or the signal is aborted */
  async begin(): Promise<ConsumerChannel> {
    const { signal } = this.options;
    signal.throwIfAborted();
    const givenUp = Promise.withResolvers<never>();
    const giveUp = (): void => givenUp.reject(new Error('the attempt was given up'));
    signal.addEventListener('abort', giveUp, { once: true });
    const consuming = this.connection.oneByOne(() => this.consume());
    try {
      return await Promise.race([consuming, givenUp.promise]);
    } catch (error) {
      // A channel that opens later would receive messages that nobody handles.
      consuming.then((late) => late.close()).catch(() => undefined);
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  private async consume(): Promise<ConsumerChannel> {
    const { queue, declareAgain, signal } = this.options;
    const model = await this.connection.model();
    signal.throwIfAborted();
    const onClose = (error?: Error): void => {
      this.lost = true;
      if (isProtocolFault(error)) this.cause = error;
    };
    model.once('close', onClose);
    try {
      await this.topology.declare(model, queue, { again: declareAgain });
      return await ConsumerChannel.begin(this.connection, this.options);
    } finally {
      model.off('close', onClose);
    }
  }
}
