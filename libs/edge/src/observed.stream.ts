import { Observable } from 'rxjs';

/**
 * Lets interceptors see the messages of a stream as an `Observable`, without losing back-pressure. The source is read
 * only while the reader waits for a message.
 */
export class ObservedStream {
  private readonly ready: unknown[] = [];
  private outcome: { readonly error?: unknown } | undefined;
  private wake: (() => void) | undefined;
  private demand = Promise.withResolvers<void>();

  /** The messages for the interceptors. */
  observe(source: AsyncIterable<unknown>): Observable<unknown> {
    return new Observable((subscriber) => {
      const iterator = source[Symbol.asyncIterator]();
      const pump = async (): Promise<void> => {
        while (!subscriber.closed) {
          await this.demand.promise;
          const { done, value } = await iterator.next();
          if (done) return subscriber.complete();
          subscriber.next(value);
        }
      };
      pump().catch((error: unknown) => subscriber.error(error));
      return () => void iterator.return?.().catch(() => undefined);
    });
  }

  /** The messages as the interceptors have left them. */
  async *read(observed: Observable<unknown>): AsyncGenerator {
    const subscription = observed.subscribe({
      next: (message) => this.settle(() => this.ready.push(message)),
      error: (error: unknown) => this.settle(() => (this.outcome = { error })),
      complete: () => this.settle(() => (this.outcome = {})),
    });
    try {
      for (;;) {
        if (this.ready.length > 0) yield this.ready.shift();
        else if (this.outcome && 'error' in this.outcome) throw this.outcome.error;
        else if (this.outcome) return;
        else await this.next();
      }
    } finally {
      subscription.unsubscribe();
      this.demand.resolve();
    }
  }

  /** Requests a message, and waits for it or for the end. A message that an interceptor drops is followed by another. */
  private next(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      this.demand.resolve();
    });
  }

  private settle(change: () => void): void {
    change();
    this.demand = Promise.withResolvers();
    this.wake?.();
  }
}
