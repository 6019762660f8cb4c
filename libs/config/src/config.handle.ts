import { type Changeable, putTogether } from './config.change.js';
import { ConfigListeners } from './config.listeners.js';

/**
 * A section of the configuration as it is now. Read `current` where the value is used, not in a constructor:
 * what a section declares reloadable changes while the app runs.
 *
 * @publicApi
 */
export class ConfigHandle<T> implements Changeable<T> {
  /**
   * Receive a new value before any section takes its own; one that throws refuses the whole change. For what a
   * schema cannot know, such as which jobs an app has.
   */
  readonly checks = new ConfigListeners<T>();

  /**
   * Receive the new value after each change, once every section has its own. One that throws undoes the change:
   * every section and every listener gets its old value again. So a listener must be able to go back.
   */
  readonly changes = new ConfigListeners<T>();

  constructor(private value: T) {}

  get current(): T {
    return this.value;
  }

  /** Puts a new value into effect. @throws what a check threw, or ConfigNotAppliedError; the old value holds then @internal */
  replace(value: T): void {
    putTogether([{ handle: this, value }]);
  }

  /** Takes a new value in silence, while other sections still have to take theirs. @internal */
  take(value: T): void {
    this.value = value;
  }
}
