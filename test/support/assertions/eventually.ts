import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the condition may take, in milliseconds. @default 5000 */
  within?: number;
  /** Pause between two looks, in milliseconds. @default 25 */
  every?: number;
}

/**
 * Looks again and again until `assertion` passes, and returns what it returned; when the time is over it
 * throws the assertion's own last failure. A test waits for a condition with it, never for a time.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  const { within = 5_000, every = 25 } = options;
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
