import { deadlineIn, MAX_TIMER_MS, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import type { CacheLoader } from './cache.js';

/**
 * Runs a load with its own deadline, in a context that has the request id and the trace of the caller, but not its
 * deadline, transaction or principal.
 */
export async function runLoad<T>(load: CacheLoader<T>, timeout: number): Promise<T | undefined> {
  const end = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => {
      const error = DeadlineExceededError.of('Loading a value for the cache');
      end.abort(error);
      late.reject(error);
    },
    Math.min(timeout, MAX_TIMER_MS),
  );
  try {
    return await Promise.race([late.promise, apart(() => load(end.signal), timeout, end.signal)]);
  } finally {
    clearTimeout(timer);
  }
}

function apart<T>(work: () => T, timeout: number, signal: AbortSignal): T {
  const caller = RequestContext.current();
  if (!caller) return work();
  return caller.apart({ deadline: deadlineIn(timeout), signal }).run(work);
}
