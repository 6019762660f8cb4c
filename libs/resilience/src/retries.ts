import { type AppError, toAppError } from '@app/errors';
import { ExponentialBackoff, fullJitterGenerator, handleWhen, retry } from 'cockatiel';
import type { Call } from './call.js';
import type { RetrySettings } from './resilience.config.js';
import type { RetryBudget } from './retry.budget.js';
import { within } from './time-limit.js';
import { isRetryable } from './call-classification.js';

/** The decision about a retryable failure. */
export type RetryDecision = 'retried' | 'budget_exhausted';

export interface RetryOptions {
  /** Whether another attempt is harmless after this failure. */
  mayRepeat: (error: AppError) => boolean;
  settings: RetrySettings;
  budget: RetryBudget;
  decided: (decision: RetryDecision) => void;
}

/**
 * Continues after a failed first attempt: cockatiel's retry with exponential back-off and full jitter, in the remaining
 * time of the call. It is called only then, so that a successful call needs neither a timer nor an AbortController.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function retryAfter<T>(
  failed: unknown,
  attempt: (signal: AbortSignal) => Promise<T>,
  call: Call,
  { mayRepeat, settings, budget, decided }: RetryOptions,
): Promise<T> {
  let left = settings.maxAttempts - 1;
  const worthIt = handleWhen((thrown) => {
    if (left === 0 || call.isUnmet || call.remaining <= 0) return false;
    const error = toAppError(thrown);
    if (!isRetryable(error) || !mayRepeat(error)) return false;
    left -= 1;
    const granted = budget.take(performance.now());
    decided(granted ? 'retried' : 'budget_exhausted');
    return granted;
  });
  const { initialDelay, maxDelay } = settings;
  const backoff = new ExponentialBackoff({ generator: fullJitterGenerator, initialDelay, maxDelay });
  const policy = retry(worthIt, { backoff, maxAttempts: left });
  let known = [failed];
  return within(call, (signal) =>
    policy.execute(async () => {
      // The first round returns the failure of the first attempt, from which cockatiel decides.
      const [first] = known;
      if (known.length > 0) {
        known = [];
        throw first;
      }
      return attempt(signal);
    }, signal),
  );
}
