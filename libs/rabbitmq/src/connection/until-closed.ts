import type { EventEmitter } from 'node:events';
import { BrokerTimeoutError, ConnectionLostError } from '../rabbitmq.errors.js';

/** @publicApi */
export interface WaitOptions {
  /** The channel or connection. When it ends, the wait ends too. */
  owner: EventEmitter;
  /** The requested operation, for the error: `open a channel`. */
  operation: string;
  /** Timeout in milliseconds. */
  within: number;
}

/**
 * Waits for a reply of the broker, until the channel or connection ends or the timeout is over. amqplib settles some
 * calls only when the broker replies: `channel.close()` waits for CloseOk without end when the connection is lost
 * first.
 *
 * @throws ConnectionLostError when the owner closes first
 * @throws BrokerTimeoutError when no reply came within the timeout
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
