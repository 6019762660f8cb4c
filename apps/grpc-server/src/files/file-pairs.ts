import { compareKeys } from './key-order.js';

interface Keyed {
  readonly key: string;
}

/** A page of a list that is sorted by key. */
export interface KeyedPage<T extends Keyed> {
  readonly items: readonly T[];
  /** The page has every item up to this key; undefined when it is the last page. */
  readonly completeTo: string | undefined;
}

/** The object and the record of one key. At least one of them exists. */
export interface Pair<A, B> {
  readonly key: string;
  readonly object: A | undefined;
  readonly record: B | undefined;
}

export interface PairPage<A, B> {
  readonly pairs: readonly Pair<A, B>[];
  /** The key after which the next pages begin; undefined when both lists have ended. */
  readonly next: string | undefined;
}

/** Joins two pages by key, up to the key to which both of them are complete. */
export function joinByKey<A extends Keyed, B extends Keyed>(
  objects: KeyedPage<A>,
  records: KeyedPage<B>,
): PairPage<A, B> {
  const ends = [objects.completeTo, records.completeTo].filter((key) => key !== undefined);
  const next = ends.sort(compareKeys)[0];
  const within = ({ key }: Keyed): boolean => next === undefined || compareKeys(key, next) <= 0;
  const byKey = new Map(records.items.filter(within).map((record) => [record.key, record]));
  const found = new Map(objects.items.filter(within).map((object) => [object.key, object]));
  const keys = [...new Set([...found.keys(), ...byKey.keys()])].sort(compareKeys);
  return { pairs: keys.map((key) => ({ key, object: found.get(key), record: byKey.get(key) })), next };
}
