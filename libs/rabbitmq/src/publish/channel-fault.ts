import type { BrokerMessage } from './broker-message.js';
import type { PublishOutcome } from './publication.js';

/** How the broker names what it closes a channel for: `basic.publish`, by the numbers of the protocol. */
const BASIC = 60;
const PUBLISH = 40;
/** What RabbitMQ calls the exchange without a name. */
const DEFAULT_EXCHANGE = 'amq.default';

const NO_EXCHANGE = /^.*NOT_FOUND - no exchange '([^']*)'/s;
const NO_ACCESS = /^.*ACCESS_REFUSED - .*?exchange '([^']*)'/s;
const TOO_LARGE = /^.*PRECONDITION_FAILED - message size \d+ is larger than (?:configured )?max size (\d+)/s;

/**
 * Which messages a channel was closed for, and how their publish ended. Everybody's messages share the channel, and
 * those of others are sent again on the next one; to send these again would close that as well.
 *
 * @param error what the channel emits before its `close`
 * @returns undefined for a message that is not to blame, or when the broker does not say which one is
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
