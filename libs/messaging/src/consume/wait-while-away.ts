import type { Delay } from '@app/contracts';
import { parseDelay } from '@app/rabbitmq';

/** What an outage of a moment may cost a message, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Where a message waits whose failure is not its own: on the longest delay of its ladder, lest all of them come
 * round and round, but not for the hour that a stubborn one may wait in vain.
 */
export function waitWhileAway(ladder: readonly Delay[]): Delay | undefined {
  return ladder.findLast((delay) => parseDelay(delay) <= LONGEST_WAIT_MS) ?? ladder[0];
}
