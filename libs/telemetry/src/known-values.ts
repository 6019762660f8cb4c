/** Values that a label can have, for each label of a metric. */
export type KnownValues<T extends string> = Readonly<Record<T, readonly string[]>>;

/** Every combination of the values: `{ queue: [a, b], outcome: [done] }` has two. */
export function combinationsOf<T extends string>(values: KnownValues<T>): Record<T, string>[] {
  return Object.entries<readonly string[]>(values).reduce<Record<string, string>[]>(
    (all, [label, each]) => all.flatMap((labels) => each.map((value) => ({ ...labels, [label]: value }))),
    [{}],
  );
}
