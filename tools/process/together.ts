/**
 * Runs pieces of work at the same time. The first failure interrupts the others. It is thrown only when all have ended,
 * so that no work continues after the return.
 */
export async function together(
  signal: AbortSignal,
  ...works: readonly ((signal: AbortSignal) => Promise<unknown>)[]
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.allSettled(
    works.map(async (work) => {
      try {
        await work(either);
      } catch (error) {
        failure.abort(error);
      }
    }),
  );
  signal.throwIfAborted();
  failure.signal.throwIfAborted();
}
