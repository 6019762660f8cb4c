import { BulkheadFullError } from '@app/resilience';
import { toFileError } from './to-file-error.js';

/** @internal */
export interface PlacesOptions {
  /** Read each time, because it may change. */
  count: () => number;
  /** Who gets the next place that becomes free. */
  next: 'oldest' | 'newest';
  /** How long a caller may wait, in milliseconds. */
  wait: number;
  /** Called when a caller has waited too long. */
  onTimeout: () => void;
}

/** A semaphore: at most `count` callers hold a place, and the others wait for a bounded time. */
export class Places {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly options: PlacesOptions) {}

  /** @returns whether a place was free */
  tryTake(): boolean {
    if (this.taken >= this.options.count()) return false;
    this.taken += 1;
    return true;
  }

  /**
   * @throws BulkheadFullError when none became free in time
   * @throws the error for `signal` when it is aborted meanwhile
   */
  async take(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw toFileError(signal.reason, { signal });
    if (this.tryTake()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (error: Error): void => {
      const index = this.waiting.indexOf(resolve);
      // It may have received its place in this same turn.
      if (index < 0) return;
      this.waiting.splice(index, 1);
      reject(error);
    };
    const onAbort = (): void => giveUp(toFileError(signal?.reason, { signal }));
    const onTimeout = (): void => {
      this.options.onTimeout();
      giveUp(BulkheadFullError.queueTimeout('the file storage'));
    };
    const timer = setTimeout(onTimeout, this.options.wait).unref();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.waiting.push(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Gives a place back. */
  release(): void {
    this.taken -= 1;
    while (this.waiting.length > 0 && this.tryTake())
      (this.options.next === 'oldest' ? this.waiting.shift() : this.waiting.pop())?.();
  }
}
