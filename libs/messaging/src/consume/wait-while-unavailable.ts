import type { Delay } from '@app/contracts';
import { parseDelay } from '@app/rabbitmq';

/** How much later than the end of an outage a message may come, in milliseconds. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Where a message waits whose failure is not its own: on a long delay of its ladder, lest all of them come round and
 * round, but not for the minutes or hours that a stubborn one may wait in vain.
 */
export function waitWhileUnavailable(ladder: readonly Delay[]): Delay | undefined {
  return ladder.findLast((delay) => parseDelay(delay) <= LONGEST_WAIT_MS) ?? ladder[0];
}
