import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the condition may take, in milliseconds. A busy machine needs most of it. @default 20000 */
  within?: number;
  /** The pause between two attempts, in milliseconds. @default 25 */
  every?: number;
}

/**
 * Repeats `assertion` until it passes, and returns its result. After the time-out it throws the last failure of the
 * assertion. Tests use it to wait for a condition, and never wait for a fixed time.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  const { within = 20_000, every = 25 } = options;
  const end = performance.now() + within;
  for (;;) {
    try {
      return await assertion();
    } catch (failure) {
      if (performance.now() >= end) throw failure;
    }
    await delay(every);
  }
}
