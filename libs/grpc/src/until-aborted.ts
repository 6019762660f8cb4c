/**
 * Passes each item of `source` to `take` until the source ends or the signal is aborted. On an abort or an error of
 * `take` it calls the iterator's `return()`, so that the source's `finally` runs.
 *
 * @throws what the source throws, or the signal's reason
 */
export async function eachUntilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
  take: (item: T) => Promise<void> | undefined,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  let interrupt: ((reason: unknown) => void) | undefined;
  let finished = false;
  const onAbort = () => interrupt?.(signal.reason);
  // One listener for all messages: a race against one long-lived promise would add a reaction per message.
  signal.addEventListener('abort', onAbort, { once: true });
  const next = () =>
    new Promise<IteratorResult<T>>((resolve, reject) => {
      interrupt = reject;
      signal.throwIfAborted();
      iterator.next().then(resolve, (error: Error) => {
        finished = true;
        reject(error);
      });
    });
  try {
    for (;;) {
      const { done, value } = await next();
      finished = done === true;
      if (finished) return;
      await take(value as T);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!finished) await iterator.return?.();
  }
}
