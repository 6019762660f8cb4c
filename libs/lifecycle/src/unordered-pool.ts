/** An item of an `UnorderedPool`. It can be in one pool at a time. */
export interface ActiveItem {
  /** Index in the pool; only the pool writes it. */
  position: number;
}

/**
 * A collection without order, such as the active requests. Adding and removing items creates no garbage. A `Set` on
 * the path of every request does: each time it outgrows its table it drops the old one, whose entries and whose link
 * to the next table keep finished requests alive until a full collection.
 */
export class UnorderedPool<T extends ActiveItem> implements Iterable<T> {
  private readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: T): void {
    item.position = this.items.push(item) - 1;
  }

  /** Removes the item, if it is there; the last item takes its place. */
  remove(item: T): void {
    const { position } = item;
    if (this.items[position] !== item) return;
    const last = this.items.pop();
    if (last === undefined || last === item) return;
    this.items[position] = last;
    last.position = position;
  }

  /** Iterates over the current items, even if the pool changes meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.items].values();
  }
}
