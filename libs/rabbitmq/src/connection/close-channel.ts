import type { Channel } from 'amqplib';
import { untilClosed } from './until-closed.js';

/** How long to wait for the broker to confirm that a channel is closed, in milliseconds. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Closes a channel, after its acknowledgements are written. Never rejects: a channel that does not close in time ends
 * with its connection.
 */
export async function closeChannel(channel: Channel): Promise<void> {
  const closing = (async () => channel.close())();
  await untilClosed(closing, {
    owner: channel,
    operation: 'close a channel',
    within: CLOSE_WITHIN_MS,
  }).catch(() => undefined);
}
