/** A message on its way to the broker: properties as AMQP names them, and the body. */
export interface BrokerMessage {
  readonly queue: string;
  readonly content: Buffer;
  readonly messageId: string;
  readonly type?: string;
  readonly correlationId?: string;
  readonly contentType?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
}
