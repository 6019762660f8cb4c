/** A message to publish: AMQP properties and the body. */
export interface BrokerMessage {
  /** The queue; with an exchange, the name of the exchange. */
  readonly queue: string;
  /** The exchange, which routes it to every bound queue. @default directly to the queue */
  readonly exchange?: string;
  readonly content: Buffer;
  readonly messageId: string;
  readonly type?: string;
  readonly correlationId?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
}
