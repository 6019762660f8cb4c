import type { BrokerMessage } from '@app/rabbitmq';
import { ConfirmOverdueError } from './confirm-overdue.error.js';
import { partitionOf, messageOf, type OutboxRow } from './outbox.row.js';
import { type Deferred, deferralFor } from './deferred.js';

/** What became of one batch. */
export interface RelayedBatch {
  taken: number;
  published: number;
  /** Why others could not be published; they stay where they are. */
  failures: readonly unknown[];
  /** Whether there is more to take at once. */
  more: boolean;
}

export const EMPTY_BATCH: RelayedBatch = { taken: 0, published: 0, failures: [], more: false };

/** How long a batch goes on to send, in milliseconds: a partition that is not in it waits for the next one. */
const SENDING_MS = 250;
/** How long a batch waits for confirms in milliseconds, while the broker confirms others. */
const CONFIRM_MS = 1_000;

/**
 * Rows on their way to the broker: partitions side by side, the events of a partition one after the other, each once the one
 * before it is confirmed. So a partition stops at what it cannot publish, and nothing of it overtakes. A slow partition does not
 * hold up the others: the batch ends, and what is left of it has its share of the next one.
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

  /** Ends what is not confirmed in time once something else was. While nothing is confirmed, the publisher's time holds. */
  private watch(): NodeJS.Timeout {
    this.overdue.promise.catch(() => undefined);
    return setInterval(() => {
      if (this.published.length > 0 && performance.now() - this.startedAt > CONFIRM_MS)
        this.overdue.reject(ConfirmOverdueError.after(CONFIRM_MS));
    }, SENDING_MS);
  }

  /** Where the broker will not take an event soon, its partition makes room for others; otherwise the relay tries again. */
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
