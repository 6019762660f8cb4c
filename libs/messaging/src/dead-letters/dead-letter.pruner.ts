import { type ConfigHandle, InjectConfig } from '@app/config';
import { toAppError } from '@app/errors';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { logError } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type DeadLettersConfig, deadLettersConfig } from './dead-letters.config.js';
import { DeadLetters } from './dead-letters.js';
import { RetentionStore } from './retention.store.js';

const INTERVAL_MS = 10 * 60_000;
/** Rows changed or deleted in one transaction. */
const BATCH = 1_000;

/**
 * Deletes handled dead letters and recorded actions of operators when their retention has expired. Also resolves dead
 * letters whose message an earlier release processed: it did not record that. Runs at the start and every ten minutes.
 * All workers may run it at the same time.
 */
@Injectable()
export class DeadLetterPruner implements OnApplicationBootstrap, Participant {
  readonly name = 'dead letter pruner';
  private readonly logger = new Logger(DeadLetterPruner.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @InjectConfig(deadLettersConfig) private readonly config: ConfigHandle<DeadLettersConfig>,
    private readonly store: RetentionStore,
    private readonly letters: DeadLetters,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  onApplicationBootstrap(): void {
    this.begin();
    this.timer = setInterval(() => this.begin(), INTERVAL_MS);
  }

  stopIntake(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  drain(): Promise<void> {
    return this.running;
  }

  /** Handles batches until no row is left or the app stops. */
  async prune(): Promise<void> {
    const { retention, auditRetention } = this.config.current;
    await this.repeat(() => this.letters.settleProcessed(BATCH));
    await this.repeat(() => this.store.deleteLetters(retention, BATCH));
    await this.repeat(() => this.store.deleteActions(auditRetention, BATCH));
  }

  private begin(): void {
    this.running = this.prune().catch((error: unknown) => logError(this.logger, toAppError(error)));
  }

  private async repeat(handleBatch: () => Promise<number>): Promise<void> {
    while (!this.stopped && (await handleBatch()) === BATCH);
  }
}
