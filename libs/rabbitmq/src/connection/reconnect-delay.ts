export interface ReconnectDelayOptions {
  /** The first pause, in milliseconds; it doubles with each attempt. */
  initial: number;
  /** The longest pause, in milliseconds. */
  longest: number;
}

/**
 * The pause before attempt number `attempt` (from 1), in milliseconds. Exponential back-off; half of the pause is
 * random, so that the instances of an app do not reconnect all at once.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ "equal jitter"
 */
export function reconnectDelay(attempt: number, { initial, longest }: ReconnectDelayOptions): number {
  const full = Math.min(longest, initial * 2 ** (attempt - 1));
  return Math.round(full / 2 + (Math.random() * full) / 2);
}
