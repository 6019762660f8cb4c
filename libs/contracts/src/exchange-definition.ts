/**
 * The destination of an event with several listening slices. Each queue defined `from` it receives every event, and
 * has its own retries and dead letters like any other queue.
 */
export interface ExchangeDefinition {
  readonly exchange: true;
  /** Its name at the broker. */
  readonly name: string;
}

/** Declares an exchange. The queues declare that they receive from it. */
export function defineExchange({ name }: { name: string }): ExchangeDefinition {
  return { exchange: true, name };
}
