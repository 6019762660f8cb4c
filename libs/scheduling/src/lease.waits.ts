import type { Leases } from '@app/locks';

/** Shortest delay before a lease is checked again, in milliseconds. */
const MIN_MS = 20;

/** The leases of other processes that this process waits for, and the instants that need them. */
export class LeaseWaits {
  private readonly waits = new Map<string, Set<number>>();

  constructor(private readonly leases: Leases) {}

  /** Waits for the end of a lease; the instants have no record yet. */
  add(lease: string, instants: readonly Date[]): void {
    const waiting = this.waits.get(lease) ?? new Set();
    for (const instant of instants) waiting.add(instant.getTime());
    this.waits.set(lease, waiting);
  }

  /**
   * Ends the waits whose leases are free, and returns the instants of expired leases, whose holder crashed. When a
   * lease was released, its holder has run the instants, or they overlapped its run.
   */
  async ended(): Promise<Date[]> {
    const lefts = await this.lefts();
    const instants = new Set<number>();
    for (const [lease, left] of lefts) {
      if (left !== undefined && left > 0) continue;
      if (left !== undefined) for (const instant of this.waits.get(lease) ?? []) instants.add(instant);
      this.waits.delete(lease);
    }
    return Array.from(instants, (instant) => new Date(instant));
  }

  /** Milliseconds until the first lease expires if it is not renewed; Infinity without waits. */
  async soonest(): Promise<number> {
    const lefts = (await this.lefts()).map(([, left = 0]) => Math.max(left, MIN_MS));
    return Math.min(Infinity, ...lefts);
  }

  private async lefts(): Promise<(readonly [string, number | undefined])[]> {
    const lefts: (readonly [string, number | undefined])[] = [];
    for (const lease of this.waits.keys()) lefts.push([lease, await this.leases.expiresIn(lease)]);
    return lefts;
  }
}
