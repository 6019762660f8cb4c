import { BulkheadFullError } from '@app/resilience';
import { toFileError } from './to-file-error.js';

/** @internal */
export interface SemaphoreOptions {
  /** Returns the number of places. It is called each time, because the number may change. */
  count: () => number;
  /** Which waiting caller receives the next free place. */
  next: 'oldest' | 'newest';
  /** How long a caller may wait, in milliseconds. */
  wait: number;
  /** Called when a caller has waited for `wait`. */
  onTimeout: () => void;
}

/** A semaphore: at most `count` callers hold a place, and the others wait for a bounded time. */
export class Semaphore {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly options: SemaphoreOptions) {}

  /** Acquires a place if one is free. @returns whether it did */
  tryAcquire(): boolean {
    if (this.taken >= this.options.count()) return false;
    this.taken += 1;
    return true;
  }

  /**
   * Waits for a place.
   *
   * @throws BulkheadFullError when no place becomes free in time
   * @throws the error for `signal` when it is aborted meanwhile
   */
  async acquire(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw toFileError(signal.reason, { signal });
    if (this.tryAcquire()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = (error: Error): void => {
      const index = this.waiting.indexOf(resolve);
      // The caller may have received a place in the same turn of the event loop.
      if (index < 0) return;
      this.waiting.splice(index, 1);
      reject(error);
    };
    const onAbort = (): void => cancel(toFileError(signal?.reason, { signal }));
    const onTimeout = (): void => {
      this.options.onTimeout();
      cancel(BulkheadFullError.queueTimeout('the file storage'));
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

  /** Releases a place. */
  release(): void {
    this.taken -= 1;
    while (this.waiting.length > 0 && this.tryAcquire())
      (this.options.next === 'oldest' ? this.waiting.shift() : this.waiting.pop())?.();
  }
}
