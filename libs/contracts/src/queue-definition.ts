import type { ExchangeDefinition } from './exchange-definition.js';

/** @publicApi */
export interface QueueOptions {
  /** Its name at the broker. Related queues are named after it (`<name>.retry.5s`, `<name>.dead`). */
  name: string;
  /** Whether clients may publish to it with `POST /api/v1/message`. @default false */
  public?: boolean;
  /**
   * The delay before each further attempt of a failed message (`500ms`, `5s`, `1m`), in order; after the last attempt
   * it becomes a dead letter. @default ['1s', '5s', '30s']
   */
  retry?: readonly Delay[];
  /** The exchange whose events it receives, in addition to messages that are sent to it directly. @default none */
  from?: ExchangeDefinition;
}

/** A duration with its unit. It is part of a queue's name, so always write it in the same way. */
export type Delay = `${number}${'ms' | 's' | 'm' | 'h'}`;

/** A queue that apps share: plain data from which `@app/rabbitmq` builds the topology. */
export type QueueDefinition = Readonly<Required<Omit<QueueOptions, 'from'>>> & Pick<QueueOptions, 'from'>;

/** A destination for messages. */
export type Destination = QueueDefinition | ExchangeDefinition;

/**
 * Declares a queue. The broker does not allow changes to the arguments of an existing queue: give a changed queue a
 * new name.
 */
export function defineQueue({ name, ...options }: QueueOptions): QueueDefinition {
  const { public: open = false, retry = ['1s', '5s', '30s'], from } = options;
  return { name, public: open, retry, ...(from && { from }) };
}
