import { type Observable, Subscription, takeWhile } from 'rxjs';
import { SlowReaderError } from '../grpc.errors.js';

/**
 * Buffers the values of an Observable until they are read. An Observable has no back-pressure, so the buffer has a
 * limit. It unsubscribes as soon as the reader stops.
 */
export class BufferedObservable<T> implements AsyncIterableIterator<T> {
  private readonly waiting: { value: T; size: number }[] = [];
  private readonly subscription = new Subscription();
  private size = 0;
  private ending: { error?: unknown } | undefined;
  private wake: (() => void) | undefined;

  /**
   * @param sizeOf the size of a value, in bytes
   * @param limit the size of the buffer, in bytes; beyond it the reader gets a SlowReaderError
   */
  constructor(
    source: Observable<T>,
    private readonly sizeOf: (value: T) => number,
    private readonly limit: number,
  ) {
    this.subscription.add(
      // A source that emits while it is subscribed to cannot be unsubscribed yet; it ends at its next value.
      source.pipe(takeWhile(() => !this.ending)).subscribe({
        next: (value) => this.keep(value),
        error: (error: unknown) => this.end({ error }),
        complete: () => this.end({}),
      }),
    );
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T>> {
    while (this.waiting.length === 0 && !this.ending) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const first = this.waiting.shift();
    if (first) {
      this.size -= first.size;
      return { done: false, value: first.value };
    }
    if (this.ending && 'error' in this.ending) throw this.ending.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T>> {
    this.waiting.length = 0;
    this.end({});
    return { done: true, value: undefined };
  }

  private keep(value: T): void {
    if (this.ending) return;
    const size = this.sizeOf(value);
    this.size += size;
    if (this.size > this.limit) return this.end({ error: SlowReaderError.of(this.limit) });
    this.waiting.push({ value, size });
    this.wake?.();
  }

  private end(ending: { error?: unknown }): void {
    this.ending ??= ending;
    this.subscription.unsubscribe();
    this.wake?.();
  }
}
