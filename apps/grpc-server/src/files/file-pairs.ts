import { compareKeys } from './key-order.js';

interface Keyed {
  readonly key: string;
}

/** A part of a sorted list, and the last key up to which it is complete; undefined: to the end. */
export interface KeyedPage<T extends Keyed> {
  readonly items: readonly T[];
  readonly completeTo: string | undefined;
}

/** What stands at one key on both sides. */
export interface Pair<A, B> {
  readonly key: string;
  readonly object: A | undefined;
  readonly record: B | undefined;
}

export interface PairPage<A, B> {
  readonly pairs: readonly Pair<A, B>[];
  /** To go on after; undefined: both lists have ended. */
  readonly next: string | undefined;
}

/** Lays two pages side by side, key by key, as far as both of them reach. */
export function pairUp<A extends Keyed, B extends Keyed>(
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
