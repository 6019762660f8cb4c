import type { Leases } from '@app/locks';

/** A lease that has just expired is looked at again after this time. */
const SHORTEST_MS = 20;

/** The leases that others hold where this process would serve an instant, and the instants that wait for them. */
export class LeaseWaits {
  private readonly waits = new Map<string, Set<number>>();

  constructor(private readonly leases: Leases) {}

  /** Waits for the end of a lease; each of the instants has no record yet. */
  add(lease: string, instants: readonly Date[]): void {
    const waiting = this.waits.get(lease) ?? new Set();
    for (const instant of instants) waiting.add(instant.getTime());
    this.waits.set(lease, waiting);
  }

  /**
   * Ends the waits whose leases are free, and gives the instants of those that expired: their holder crashed. When a
   * lease was released, its holder has served the instants, or they overlapped its run.
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

  /** Milliseconds until the first of the leases ends unless it is renewed; Infinity when nothing waits. */
  async soonest(): Promise<number> {
    const lefts = (await this.lefts()).map(([, left = 0]) => Math.max(left, SHORTEST_MS));
    return Math.min(Infinity, ...lefts);
  }

  private async lefts(): Promise<(readonly [string, number | undefined])[]> {
    const lefts: (readonly [string, number | undefined])[] = [];
    for (const lease of this.waits.keys()) lefts.push([lease, await this.leases.expiresIn(lease)]);
    return lefts;
  }
}
