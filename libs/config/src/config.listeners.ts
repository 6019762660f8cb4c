/** Returned by `subscribe`. */
export interface ConfigSubscription {
  unsubscribe(): void;
}

/**
 * Functions that receive values of a section. They run synchronously, and their errors reach the caller, who can
 * then undo the change. An RxJS `Observable` would report such an error as an uncaught exception, which ends the
 * process.
 *
 * @publicApi
 */
export class ConfigListeners<T> {
  private readonly listeners = new Set<(value: T) => void>();

  subscribe(listener: (value: T) => void): ConfigSubscription {
    // A new closure, so that a function subscribed twice is called twice.
    const own = (value: T) => listener(value);
    this.listeners.add(own);
    return { unsubscribe: () => void this.listeners.delete(own) };
  }

  /** Calls every listener. @throws the error of the first one that fails; later ones are not called @internal */
  notify(value: T): void {
    for (const listener of this.listeners) listener(value);
  }

  /** Calls every listener, even if one fails. @returns their errors @internal */
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
