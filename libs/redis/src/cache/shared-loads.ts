import { CancelledError, DeadlineExceededError } from '@app/errors';

/** Runs at most one load per key at a time, shared by all callers. */
export class SharedLoads<T> {
  private readonly current = new Map<string, Promise<T>>();
  private readonly running = new Set<Promise<T>>();

  get size(): number {
    return this.running.size;
  }

  has(key: string): boolean {
    return this.current.has(key);
  }

  /** Joins the load of the key, or begins it; an abort of `signal` ends only this caller's wait. */
  join(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const load = this.current.get(key) ?? this.begin(key, work);
    return signal ? unlessAborted(load, signal) : load;
  }

  /** Detaches the running load of the key: later callers begin a new one. */
  detach(key: string): void {
    this.current.delete(key);
  }

  /** Resolves once all running loads have ended. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  private begin(key: string, work: () => Promise<T>): Promise<T> {
    const load = work().finally(() => {
      this.running.delete(load);
      if (this.current.get(key) === load) this.current.delete(key);
    });
    // The waiting callers handle a failure; without any, it must not become an unhandled rejection.
    load.catch(() => undefined);
    this.running.add(load);
    this.current.set(key, load);
    return load;
  }
}

async function unlessAborted<T>(load: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(abortError(signal));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([aborted.promise, load]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  const what = 'Waiting for a value that is being loaded';
  return (reason as Error | undefined)?.name === 'TimeoutError'
    ? DeadlineExceededError.of(what, reason)
    : CancelledError.of(what, reason);
}
