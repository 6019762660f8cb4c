import { Notifications, type Subscription } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { OUTBOX_CHANNEL } from '../outbox/outbox.channel.js';

/** Listens for notifications of new outbox rows. The relay's timer finds rows whose notification was lost. */
@Injectable()
export class OutboxListener {
  private subscription: Subscription | undefined;

  constructor(private readonly notifications: Notifications) {}

  /** @param onSchema receives the schema whose outbox has new rows */
  start(onSchema: (schema: string) => void): void {
    this.subscription = this.notifications.listen(OUTBOX_CHANNEL, onSchema);
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
  }
}
