import { setTimeout as delay } from 'node:timers/promises';
import { toAppError } from '@app/errors';
import { LeaderElection } from '@app/locks';
import { logError } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CounterRankingStore } from './counter-ranking.store.js';

const INTERVAL_MS = 10 * 60_000;
/** How long a leader that died is still taken for one. */
const TTL_MS = 30_000;
/** How soon another worker leads after a leader has stopped. */
const POLL_INTERVAL_MS = 2_000;

/**
 * Deletes rows of the minute table that are older than the longest window. The elected worker does it for all; two at once
 * would do no harm.
 */
@Injectable()
export class CounterRankingPruner implements OnApplicationBootstrap {
  private readonly logger = new Logger(CounterRankingPruner.name);

  constructor(
    private readonly ranking: CounterRankingStore,
    private readonly elections: LeaderElection,
  ) {}

  onApplicationBootstrap(): void {
    const options = { ttl: TTL_MS, pollInterval: POLL_INTERVAL_MS };
    this.elections.campaign('counter-ranking-pruner', options, (signal) => this.lead(signal));
  }

  private async lead(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.prune();
      // The end of the leadership ends the pause.
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async prune(): Promise<void> {
    try {
      await this.ranking.prune();
    } catch (error) {
      logError(this.logger, toAppError(error));
    }
  }
}
