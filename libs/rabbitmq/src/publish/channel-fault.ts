import type { BrokerMessage } from './broker-message.js';
import type { PublishOutcome } from './publication.js';

/** The class and method ids of `basic.publish`, which the broker names when it closes a channel. */
const BASIC = 60;
const PUBLISH = 40;
/** RabbitMQ's name for the default exchange. */
const DEFAULT_EXCHANGE = 'amq.default';

const NO_EXCHANGE = /^.*NOT_FOUND - no exchange '([^']*)'/s;
const NO_ACCESS = /^.*ACCESS_REFUSED - .*?exchange '([^']*)'/s;
const TOO_LARGE = /^.*PRECONDITION_FAILED - message size \d+ is larger than (?:configured )?max size (\d+)/s;

/**
 * Finds the messages that made the broker close a channel, and the outcome of their publish. All messages share the
 * channel. The others are sent again on the next channel; sending these again would close that channel as well.
 *
 * @param error the error that the channel emits before its `close`
 * @returns undefined for a message that did not cause it, or when the broker does not state the cause
 */
export function channelFault(error: unknown): (message: BrokerMessage) => PublishOutcome | undefined {
  const { classId, methodId, message: text = '' } = error as Partial<ChannelError>;
  if (classId !== BASIC || methodId !== PUBLISH) return () => undefined;
  const [, missing] = NO_EXCHANGE.exec(text) ?? [];
  const [, forbidden] = NO_ACCESS.exec(text) ?? [];
  const [, largest = Infinity] = TOO_LARGE.exec(text) ?? [];
  return ({ exchange = '', content }) => {
    if (exchange === missing) return 'returned';
    if ((exchange || DEFAULT_EXCHANGE) === forbidden) return 'forbidden';
    return content.length > Number(largest) ? 'unsendable' : undefined;
  };
}

interface ChannelError extends Error {
  readonly classId: number;
  readonly methodId: number;
}
