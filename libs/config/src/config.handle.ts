import { type Changeable, putTogether } from './config.change.js';
import { ConfigListeners } from './config.listeners.js';

/**
 * The current values of a section. Read `current` where the value is used, not in a constructor:
 * reloadable values change while the app runs.
 *
 * @publicApi
 */
export class ConfigHandle<T> implements Changeable<T> {
  /**
   * These listeners receive the new value before any section changes. If one throws, the whole change is rejected.
   * For conditions that a schema cannot check, such as which jobs an app has.
   */
  readonly checks = new ConfigListeners<T>();

  /**
   * These listeners receive the new value after every section has changed. If one throws, the change is undone:
   * every section and every listener gets its old value again. So a listener must be able to return to the old value.
   */
  readonly changes = new ConfigListeners<T>();

  constructor(private value: T) {}

  get current(): T {
    return this.value;
  }

  /**
   * Applies a new value. On failure the old value stays.
   *
   * @throws the error of a check, or ConfigNotAppliedError
   * @internal
   */
  replace(value: T): void {
    putTogether([{ handle: this, value }]);
  }

  /** Sets a new value without calling listeners, because other sections have not changed yet. @internal */
  take(value: T): void {
    this.value = value;
  }
}
