import { CancelledError, DeadlineExceededError, type Outcome } from '@app/errors';
import { timeout, TimeoutStrategy } from 'cockatiel';

export interface TimeLimit {
  /** Milliseconds. */
  readonly ms: number;
  /** The name of the work in the error message. */
  readonly what: string;
  /** Ends the work early. */
  readonly signal: AbortSignal | undefined;
  /** The outcome of a time-out; read when the time is up. */
  readonly outcome: Outcome | undefined;
}

/**
 * Rejects when the time is up, even if `work` ignores the signal that is aborted then.
 *
 * @throws DeadlineExceededError when the time was up, CancelledError when `signal` was aborted before
 */
export async function within<T>(time: TimeLimit, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { ms, what, signal } = time;
  // A result may be a stream that is not read yet, so nothing is aborted once the work has returned.
  // Never negative, because Node.js would warn.
  const limit = timeout(Math.max(0, ms), { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
  let ended: AbortSignal | undefined;
  try {
    return await limit.execute((context) => work((ended = context.signal)), signal);
  } catch (thrown) {
    if (!ended?.aborted) throw thrown;
    throw signal?.aborted
      ? CancelledError.of(what, signal.reason ?? thrown)
      : DeadlineExceededError.of(what, thrown, time.outcome);
  }
}
