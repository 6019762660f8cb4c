import { type ConfigHandle, InjectConfig } from '@app/config';
import { toAppError } from '@app/errors';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { logError } from '@app/logging';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type MessagingConfig, messagingConfig } from '../messaging.config.js';
import { HandlerStarts } from './handler-starts.js';
import { Inbox } from './inbox.js';

const INTERVAL_MS = 10 * 60_000;
/** Rows deleted in one transaction. */
const BATCH = 5_000;

/**
 * Deletes expired rows of the inbox and of the handler starts, every ten minutes. All workers may run it at the same
 * time: each locks different rows.
 */
@Injectable()
export class InboxPruner implements OnApplicationBootstrap, Participant {
  readonly name = 'inbox pruner';
  private readonly logger = new Logger(InboxPruner.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @InjectConfig(messagingConfig) private readonly config: ConfigHandle<MessagingConfig>,
    private readonly inbox: Inbox,
    private readonly starts: HandlerStarts,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.prune().catch((error: unknown) => logError(this.logger, toAppError(error)));
    }, INTERVAL_MS);
  }

  stopIntake(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  drain(): Promise<void> {
    return this.running;
  }

  /** Deletes batches until no expired row is left or the app stops. */
  async prune(): Promise<void> {
    for (const table of [this.inbox, this.starts])
      while (!this.stopped && (await table.prune(this.config.current.inboxRetention, BATCH)) === BATCH);
  }
}
