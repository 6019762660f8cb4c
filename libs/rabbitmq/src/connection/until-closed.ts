import type { EventEmitter } from 'node:events';
import { BrokerTimeoutError, ConnectionLostError } from '../rabbitmq.errors.js';

/** @publicApi */
export interface WaitOptions {
  /** The channel or connection whose end also ends the wait. */
  owner: EventEmitter;
  /** What the broker was asked to do, for the error: `open a channel`. */
  operation: string;
  /** Milliseconds. */
  within: number;
}

/**
 * Waits for a reply of the broker, but not beyond the end of its channel or connection, nor beyond its time.
 * amqplib settles some calls only when the broker replies: `channel.close()` waits for CloseOk for ever when the
 * connection breaks first.
 *
 * @throws ConnectionLostError when the owner closes first
 * @throws BrokerTimeoutError when the time is over
 */
export async function untilClosed<T>(
  reply: PromiseLike<T>,
  { owner, operation, within }: WaitOptions,
): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const onClose = (cause?: unknown): void => ended.reject(ConnectionLostError.during(operation, cause));
  const timer = setTimeout(() => ended.reject(BrokerTimeoutError.of(operation, within)), within);
  owner.once('close', onClose);
  try {
    return await Promise.race([reply, ended.promise]);
  } finally {
    clearTimeout(timer);
    owner.off('close', onClose);
  }
}
