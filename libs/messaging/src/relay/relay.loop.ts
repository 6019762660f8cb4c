import { Logger } from '@nestjs/common';
import type { RelayedBatch } from './relay.batch.js';

export interface RelayLoopOptions {
  /** The schema whose outbox it is. */
  source: string;
  batchSize: number;
  /** Milliseconds. */
  pollInterval: number;
  /** Milliseconds. */
  maxBackOff: number;
  relay(limit: number): Promise<RelayedBatch>;
}

/** Relays one outbox until it is stopped: at once when woken, else by time; with growing pauses after failures. */
export class RelayLoop {
  private readonly logger = new Logger(RelayLoop.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private failuresInARow = 0;

  constructor(private readonly options: RelayLoopOptions) {}

  /** There may be something to do. While it pauses after a failure, only time wakes it. */
  wake(): void {
    if (this.stopped || this.failuresInARow > 0) return;
    if (this.running) this.again = true;
    else this.start();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Resolves once the batch that is under way is done. */
  async idle(): Promise<void> {
    await this.running;
  }

  get source(): string {
    return this.options.source;
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  private start(): void {
    clearTimeout(this.timer);
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (!this.stopped) this.timer = setTimeout(() => this.start(), this.pause());
    });
  }

  private async run(): Promise<void> {
    try {
      let batch: RelayedBatch;
      do {
        this.again = false;
        batch = await this.options.relay(this.options.batchSize);
        if (batch.failures.length > 0) throw batch.failures[0];
        this.failuresInARow = 0;
      } while (!this.stopped && (this.again || batch.taken === this.options.batchSize));
    } catch (error) {
      this.failuresInARow += 1;
      const fields = { err: error, source: this.options.source, retry_in_ms: this.pause() };
      this.logger.warn(
        fields,
        `the outbox of ${this.options.source} could not be published whole; trying again`,
      );
    }
  }

  private pause(): number {
    const { pollInterval, maxBackOff } = this.options;
    return Math.min(pollInterval * 2 ** this.failuresInARow, Math.max(pollInterval, maxBackOff));
  }
}
