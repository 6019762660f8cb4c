import { setTimeout as delay } from 'node:timers/promises';
import { toAppError } from '@app/errors';
import { LeaderElection } from '@app/locks';
import { logError } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CounterRankingStore } from './counter-ranking.store.js';

const INTERVAL_MS = 10 * 60_000;
/** How long a crashed leader keeps the leadership, in milliseconds. */
const TTL_MS = 30_000;
/** How often the other workers try to become the leader, in milliseconds. */
const POLL_INTERVAL_MS = 2_000;

/**
 * Deletes rows of the minute table that are older than the longest window, every ten minutes. Only the elected worker
 * does it, which saves queries; two leaders at once would delete the same rows.
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
      // When the leadership ends, the signal ends the pause.
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
