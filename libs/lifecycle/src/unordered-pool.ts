/** What can be in an `UnorderedPool`, in one at a time. */
export interface ActiveItem {
  /** Where it is in the list; the list's own business. */
  position: number;
}

/**
 * What is being worked on, in no order. Adding and removing leave nothing behind for the garbage collector, which
 * a `Set` on the way of every request does: each time it outgrows its table it drops the old one, whose entries and
 * whose link to the next table then keep finished requests alive until a full collection.
 */
export class UnorderedPool<T extends ActiveItem> implements Iterable<T> {
  private readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: T): void {
    item.position = this.items.push(item) - 1;
  }

  /** Takes the item out, if it is there; the last one takes its place. */
  remove(item: T): void {
    const { position } = item;
    if (this.items[position] !== item) return;
    const last = this.items.pop();
    if (last === undefined || last === item) return;
    this.items[position] = last;
    last.position = position;
  }

  /** What is in the list now, also when it changes meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.items].values();
  }
}
