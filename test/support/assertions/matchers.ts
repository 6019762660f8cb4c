import { AppError } from '@app/errors';
import { expect } from '@jest/globals';

expect.extend({
  /** Passes for an `AppError` with this reason: `await expect(work).rejects.toHaveReason('OUT_OF_STOCK')`. */
  toHaveReason(received: unknown, reason: string) {
    const actual = received instanceof AppError ? received.reason : undefined;
    const shown = actual ?? this.utils.printReceived(received);
    return {
      pass: actual === reason,
      message: () =>
        `expected ${this.isNot ? 'any reason but' : 'an AppError with the reason'} ${reason}, got ${shown}`,
    };
  },
});

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    toHaveReason(reason: string): R;
  }
}
