import { type Observable, Subject } from 'rxjs';

/**
 * A section of the configuration as it is now. Read `current` where the value is used, not in a constructor:
 * what a section declares reloadable changes while the app runs.
 *
 * @publicApi
 */
export class ConfigHandle<T> {
  private readonly subject = new Subject<T>();

  /** The new value after each change, once everything was validated. */
  readonly changes: Observable<T> = this.subject.asObservable();

  constructor(private value: T) {}

  get current(): T {
    return this.value;
  }

  /** Takes a new value and tells of it. @internal */
  replace(value: T): void {
    this.take(value);
    this.announce();
  }

  /** Takes a new value in silence, while other sections still have to take theirs. @internal */
  take(value: T): void {
    this.value = value;
  }

  /** @internal */
  announce(): void {
    this.subject.next(this.value);
  }
}
