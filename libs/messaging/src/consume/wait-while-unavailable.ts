import type { Delay } from '@app/contracts';
import { parseDelay } from '@app/rabbitmq';

/** The longest delay for a message that waits for the end of an outage, in milliseconds. */
const MAX_WAIT_MS = 10_000;

/**
 * The delay for a message that failed because of an outage: the longest of its ladder up to 10 s. A shorter one would
 * load the broker with the same messages again and again; minutes or hours would delay them long after the outage.
 */
export function waitWhileUnavailable(ladder: readonly Delay[]): Delay | undefined {
  return ladder.findLast((delay) => parseDelay(delay) <= MAX_WAIT_MS) ?? ladder[0];
}
