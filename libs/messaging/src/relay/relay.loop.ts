import { OutageLog } from '@app/logging';
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

/** Relays one outbox until it is stopped: at once when woken, otherwise by timer; with growing pauses on failure. */
export class RelayLoop {
  private readonly outage: OutageLog;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly options: RelayLoopOptions) {
    const subject = `Publishing the outbox of ${options.source}`;
    const fields = { source: options.source };
    this.outage = new OutageLog(new Logger(RelayLoop.name), { subject, fields, dependent: true });
  }

  /** Starts a batch, or another one after the running one. After a failure, only the timer starts one. */
  wake(): void {
    if (this.stopped || this.outage.isOngoing) return;
    if (this.running) this.again = true;
    else this.start();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Resolves once the running batch has ended. */
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
        this.outage.recovered();
      } while (!this.stopped && (this.again || batch.more));
    } catch (error) {
      this.outage.failed(error);
    }
  }

  private pause(): number {
    const { pollInterval, maxBackOff } = this.options;
    if (!this.outage.isOngoing) return pollInterval;
    return this.outage.pause({ first: pollInterval * 2, longest: Math.max(pollInterval, maxBackOff) });
  }
}
