/** Maximum number of files whose size is kept. */
const FILES = 1_000;

/**
 * The sizes of files that were stored or opened lately, in bytes. They may be outdated: use them for scheduling
 * only.
 */
export class RecentSizes {
  private readonly sizes = new Map<string, number>();

  get(key: string): number | undefined {
    return this.sizes.get(key);
  }

  set(key: string, size: number): void {
    this.sizes.delete(key);
    this.sizes.set(key, size);
    const [oldest] = this.sizes.keys();
    if (this.sizes.size > FILES && oldest !== undefined) this.sizes.delete(oldest);
  }
}
