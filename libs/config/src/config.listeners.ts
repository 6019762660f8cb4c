/** What `subscribe` returns. */
export interface ConfigSubscription {
  unsubscribe(): void;
}

/**
 * Functions that receive values of a section. They run at once, and what one throws reaches the caller, who can
 * then undo the change; an `Observable` reports it as an uncaught exception, which ends the process.
 *
 * @publicApi
 */
export class ConfigListeners<T> {
  private readonly listeners = new Set<(value: T) => void>();

  subscribe(listener: (value: T) => void): ConfigSubscription {
    // Two subscriptions of one function are two.
    const own = (value: T) => listener(value);
    this.listeners.add(own);
    return { unsubscribe: () => void this.listeners.delete(own) };
  }

  /** Calls every listener. @throws what the first failing one throws; the ones behind it are not called @internal */
  notify(value: T): void {
    for (const listener of this.listeners) listener(value);
  }

  /** Calls every listener, also those behind one that fails. @returns what they threw @internal */
  notifyAll(value: T): unknown[] {
    return [...this.listeners].flatMap((listener) => {
      try {
        listener(value);
        return [];
      } catch (error) {
        return [error];
      }
    });
  }
}
