/**
 * Where an event goes that several slices listen to: each queue that is defined `from` it gets every event, and is
 * a queue like any other, with its own retries and dead letters.
 */
export interface ExchangeDefinition {
  readonly exchange: true;
  /** Its name at the broker. */
  readonly name: string;
}

/** Declares an exchange; who listens to it is told by the queues. */
export function defineExchange({ name }: { name: string }): ExchangeDefinition {
  return { exchange: true, name };
}
