import type { ExchangeDefinition } from './exchange-definition.js';

/** @publicApi */
export interface QueueOptions {
  /** Its name at the broker; what hangs on it is named after it (`<name>.retry.5s`, `<name>.dead`). */
  name: string;
  /** Whether anybody may publish to it through `POST /api/v1/message`. @default false */
  public?: boolean;
  /**
   * How long a failed message waits before each further attempt (`500ms`, `5s`, `1m`), in their order; after the
   * last one it is a dead letter. @default ['1s', '5s', '30s']
   */
  retry?: readonly Delay[];
  /** The exchange whose every event comes to it, beside what is sent to itself. @default none */
  from?: ExchangeDefinition;
}

/** A length of time with its unit; it is part of a queue's name, so write it one way everywhere. */
export type Delay = `${number}${'ms' | 's' | 'm' | 'h'}`;

/** A queue that apps share: plain data, from which `@app/rabbitmq` makes the topology. */
export type QueueDefinition = Readonly<Required<Omit<QueueOptions, 'from'>>> & Pick<QueueOptions, 'from'>;

/** Where a message may be sent. */
export type Destination = QueueDefinition | ExchangeDefinition;

/**
 * Declares a queue. The arguments of a queue cannot be changed once the broker has it: what you change here
 * deserves a new name.
 */
export function defineQueue({ name, ...options }: QueueOptions): QueueDefinition {
  const { public: open = false, retry = ['1s', '5s', '30s'], from } = options;
  return { name, public: open, retry, ...(from && { from }) };
}
