/** A message on its way to the broker: properties as AMQP names them, and the body. */
export interface BrokerMessage {
  /** Where it goes; with an exchange, the name of that. */
  readonly queue: string;
  /** An exchange hands it to every queue that is bound to it. @default the queue itself */
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
