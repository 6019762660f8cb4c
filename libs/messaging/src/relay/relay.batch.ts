import type { BrokerMessage } from '@app/rabbitmq';
import { laneOf, messageOf, type OutboxRow } from './outbox.row.js';
import { type PutOff, putOffFor } from './put-off.js';

/** What became of one batch. */
export interface RelayedBatch {
  taken: number;
  published: number;
  /** Why others could not be published; they stay where they are. */
  failures: readonly unknown[];
}

export const EMPTY_BATCH: RelayedBatch = { taken: 0, published: 0, failures: [] };

/** How long a batch goes on to send, in milliseconds: its rows are locked meanwhile, and its session is watched. */
const SENDING_MS = 5_000;

/**
 * Rows on their way to the broker: lanes side by side, the events of a lane one after the other, each once the one
 * before it is confirmed. So a lane stops at what it cannot publish, and nothing of it overtakes.
 */
export class RelayBatch {
  readonly published: OutboxRow[] = [];
  readonly putOff: PutOff[] = [];
  readonly failures: unknown[] = [];
  private readonly endsAt = performance.now() + SENDING_MS;

  constructor(
    private readonly rows: readonly OutboxRow[],
    private readonly publish: (message: BrokerMessage) => Promise<void>,
  ) {}

  async send(): Promise<void> {
    const lanes = Map.groupBy(this.rows, laneOf);
    await Promise.all([...lanes.values()].map((lane) => this.sendLane(lane)));
  }

  private async sendLane(lane: readonly OutboxRow[]): Promise<void> {
    for (const [index, row] of lane.entries()) {
      if (row.held_until) return this.hold(lane.slice(index), row.held_until);
      if (index > 0 && performance.now() > this.endsAt) return;
      try {
        await this.publish(messageOf(row));
        this.published.push(row);
      } catch (error) {
        return this.stop(lane.slice(index), error);
      }
    }
  }

  /** Where the broker will not take an event soon, its lane makes room for others; otherwise the relay tries again. */
  private stop(rest: readonly OutboxRow[], error: unknown): void {
    const until = putOffFor(error);
    if (!until) this.failures.push(error);
    else {
      const [first, ...behind] = rest;
      if (first) this.putOff.push({ row: first, until, error });
      this.hold(behind, until);
    }
  }

  private hold(rows: readonly OutboxRow[], until: Date): void {
    for (const row of rows) this.putOff.push({ row, until });
  }
}
