import type { BrokerMessage } from '@app/rabbitmq';
import { ConfirmOverdueError } from './confirm-overdue.error.js';
import { partitionOf, messageOf, type OutboxRow } from './outbox.row.js';
import { type Deferred, deferralFor } from './deferred.js';

/** The result of one batch. */
export interface RelayedBatch {
  taken: number;
  published: number;
  /** The errors of rows that could not be published; they stay in the outbox. */
  failures: readonly unknown[];
  /** Whether there may be more rows to take now. */
  more: boolean;
}

export const EMPTY_BATCH: RelayedBatch = { taken: 0, published: 0, failures: [], more: false };

/** How long a batch may start to send further rows, in milliseconds: other partitions wait for the next batch. */
const SENDING_MS = 250;
/** How long a batch waits for confirms in milliseconds, while the broker confirms others. */
const CONFIRM_MS = 1_000;

/**
 * Sends rows to the broker: partitions in parallel, the events of a partition one after the other, each after the
 * previous one is confirmed. So a partition stops at an event that cannot be published, and later events do not
 * overtake it. A slow partition does not delay the others: the batch ends, and its remaining rows go into the next one.
 */
export class RelayBatch {
  readonly published: OutboxRow[] = [];
  readonly deferred: Deferred[] = [];
  readonly failures: unknown[] = [];
  private readonly startedAt = performance.now();
  private readonly overdue = Promise.withResolvers<never>();

  constructor(
    private readonly rows: readonly OutboxRow[],
    private readonly publish: (message: BrokerMessage) => Promise<void>,
  ) {}

  async send(): Promise<void> {
    const partitions = Map.groupBy(this.rows, partitionOf);
    const timer = this.watch();
    await Promise.all([...partitions.values()].map((partition) => this.sendPartition(partition)));
    clearInterval(timer);
  }

  private async sendPartition(partition: readonly OutboxRow[]): Promise<void> {
    for (const [index, row] of partition.entries()) {
      if (row.held_until) return this.hold(partition.slice(index), row.held_until);
      if (index > 0 && performance.now() - this.startedAt > SENDING_MS) return;
      try {
        await Promise.race([this.publish(messageOf(row)), this.overdue.promise]);
        this.published.push(row);
      } catch (error) {
        return this.stop(partition.slice(index), error);
      }
    }
  }

  /** Ends overdue publishes once another was confirmed. While nothing is confirmed, the publisher's timeout applies. */
  private watch(): NodeJS.Timeout {
    this.overdue.promise.catch(() => undefined);
    return setInterval(() => {
      if (this.published.length > 0 && performance.now() - this.startedAt > CONFIRM_MS)
        this.overdue.reject(ConfirmOverdueError.after(CONFIRM_MS));
    }, SENDING_MS);
  }

  /** Defers the partition if the broker will not accept the event soon; otherwise the relay tries again. */
  private stop(rest: readonly OutboxRow[], error: unknown): void {
    const wait = deferralFor(error);
    if (wait !== undefined) this.hold(rest, wait, error);
    else this.failures.push(error);
  }

  private hold(rows: readonly OutboxRow[], wait: number | Date, error?: unknown): void {
    for (const [index, row] of rows.entries())
      this.deferred.push({ row, wait, ...(index === 0 && error !== undefined && { error }) });
  }
}
