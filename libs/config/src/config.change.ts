import { AppError } from '@app/errors';
import { ConfigNotAppliedError } from './config.errors.js';
import type { ConfigListeners } from './config.listeners.js';

/** A section that can change: a `ConfigHandle`. */
export interface Changeable<T> {
  readonly current: T;
  readonly checks: ConfigListeners<T>;
  readonly changes: ConfigListeners<T>;
  take(value: T): void;
}

/** A new value for one section. */
export interface ConfigChange<T = object> {
  readonly handle: Changeable<T>;
  readonly value: T;
}

/**
 * Applies the new values of several sections: all of them, or none. Every check runs before a section changes. If a
 * listener throws, every section and every listener gets its old value again.
 *
 * @throws the AppError that a check threw, or ConfigNotAppliedError for any other error
 */
export function putTogether<T>(changes: readonly ConfigChange<T>[]): void {
  check(changes);
  const before = changes.map(({ handle }) => ({ handle, value: handle.current }));
  for (const { handle, value } of changes) handle.take(value);
  try {
    for (const { handle, value } of changes) handle.changes.notify(value);
  } catch (error) {
    throw ConfigNotAppliedError.of(error, restore(before));
  }
}

function check<T>(changes: readonly ConfigChange<T>[]): void {
  try {
    for (const { handle, value } of changes) handle.checks.notify(value);
  } catch (error) {
    throw error instanceof AppError ? error : ConfigNotAppliedError.of(error, []);
  }
}

/** @returns the errors of listeners that could not return to the old value */
function restore<T>(before: readonly ConfigChange<T>[]): unknown[] {
  for (const { handle, value } of before) handle.take(value);
  return before.flatMap(({ handle, value }) => handle.changes.notifyAll(value));
}
