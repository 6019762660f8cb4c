/** Runs `count` pieces of work, `width` of them at once. @returns the rate per second */
export async function rateOf(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, line));
  return (count / (performance.now() - started)) * 1000;
}
