import { toAppError } from '@app/errors';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { logError } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CounterRankingStore } from './counter-ranking.store.js';

const INTERVAL_MS = 10 * 60_000;

/** Deletes rows of the minute table that are older than the longest window. Idempotent, so every worker may run it. */
@Injectable()
export class CounterRankingPruner implements OnApplicationBootstrap, Participant {
  readonly name = 'counter ranking pruner';
  private readonly logger = new Logger(CounterRankingPruner.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly ranking: CounterRankingStore,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.prune();
    }, INTERVAL_MS);
  }

  stopIntake(): void {
    clearInterval(this.timer);
  }

  drain(): Promise<void> {
    return this.running;
  }

  private async prune(): Promise<void> {
    try {
      await this.ranking.prune();
    } catch (error) {
      logError(this.logger, toAppError(error));
    }
  }
}
