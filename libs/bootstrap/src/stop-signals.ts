/**
 * A terminal's Ctrl-C reaches every process of the foreground group, and wrappers such as `nest start` and
 * `npm` pass on what they got: the same signal twice within this time is one signal. Milliseconds.
 */
const ECHO_MS = 500;

/** Signals that stop an app, with their numbers. */
export const STOP_SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

export type StopSignal = keyof typeof STOP_SIGNALS;

/**
 * Tells a second request to stop from the first one that arrives again.
 *
 * A watcher (`nest start --watch` sets `APP_WATCHED`) sends SIGTERM for every build, also while the app drains for the
 * build before. Under a watcher only a second SIGINT is a request to end at once.
 */
export class StopSignals {
  private firstAt: number | undefined;

  constructor(private readonly watched = process.env['APP_WATCHED'] === '1') {}

  /** Whether this signal asks the app to end without a drain; the time is in milliseconds. */
  isSecond(signal: StopSignal, now = performance.now()): boolean {
    if (this.watched && signal === 'SIGTERM') return false;
    this.firstAt ??= now;
    return now - this.firstAt > ECHO_MS;
  }
}
