import type { BrokerConnection } from '../connection/broker.connection.js';
import { isProtocolFault } from '../topology/protocol-fault.js';
import type { Topology } from '../topology/topology.js';
import { ConsumerChannel, type ConsumerChannelOptions } from './consumer.channel.js';

export interface ConsumerAttemptOptions extends ConsumerChannelOptions {
  /** Whether the queue is declared although this connection has declared it. */
  declareAgain: boolean;
  /** Gives the attempt up; what it still achieves is undone. */
  signal: AbortSignal;
}

/** One attempt to consume a queue: waits for the connection, declares the queue, begins to consume. */
export class ConsumerAttempt {
  private lost = false;
  private cause: Error | undefined;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly topology: Topology,
    private readonly options: ConsumerAttemptOptions,
  ) {}

  /** Why the broker closed the connection because of this attempt; undefined when it did not. */
  get fault(): Error | undefined {
    return this.cause;
  }

  /** Whether the attempt failed only because the connection was lost. */
  get lostConnection(): boolean {
    return this.lost && this.cause === undefined;
  }

  /** @throws when the broker refuses, the connection is lost or the signal gives the attempt up */
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
      // A channel that opens after all would take messages that nobody handles.
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
