import { CancelledError, DeadlineExceededError, type Outcome } from '@app/errors';
import { timeout, TimeoutStrategy } from 'cockatiel';

export interface TimeLimit {
  /** Milliseconds. */
  readonly ms: number;
  /** What the message calls the work. */
  readonly what: string;
  /** Ends the work early. */
  readonly signal: AbortSignal | undefined;
  /** What a time-out says of the work; read when the time is up. */
  readonly outcome: Outcome | undefined;
}

/**
 * Rejects when the time is up, whether or not `work` heeds the signal that is aborted then.
 *
 * @throws DeadlineExceededError when the time was up, CancelledError when `signal` was aborted before
 */
export async function within<T>(time: TimeLimit, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { ms, what, signal } = time;
  // A result may be a stream that is still to be read: nothing is aborted once the work has returned.
  // Time that is over already is no time, of which Node.js would warn if it were less.
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
