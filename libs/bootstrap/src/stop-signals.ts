/**
 * A terminal's Ctrl-C reaches every process of the foreground group, and wrappers such as `nest start` and
 * `npm` forward it: the same signal twice within this time counts as one. Milliseconds.
 */
const ECHO_MS = 500;

/** Signals that stop an app, with their numbers. */
export const STOP_SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

export type StopSignal = keyof typeof STOP_SIGNALS;

/**
 * Distinguishes a second request to stop from a duplicate of the first one.
 *
 * A watcher (`nest start --watch` sets `APP_WATCHED`) sends SIGTERM for every build, even while the app still drains
 * for the previous one. Under a watcher only a second SIGINT requests an immediate end.
 */
export class StopSignals {
  private firstAt: number | undefined;

  constructor(private readonly watched = process.env['APP_WATCHED'] === '1') {}

  /** Whether this signal requests an end without a drain; the time is in milliseconds. */
  isSecond(signal: StopSignal, now = performance.now()): boolean {
    if (this.watched && signal === 'SIGTERM') return false;
    this.firstAt ??= now;
    return now - this.firstAt > ECHO_MS;
  }
}
