import { Notifications, type Subscription } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { OUTBOX_CHANNEL } from '../outbox/outbox.channel.js';

/** Hears that an outbox has something; what is said while nobody can hear it, the relay's timer finds. */
@Injectable()
export class OutboxListener {
  private subscription: Subscription | undefined;

  constructor(private readonly notifications: Notifications) {}

  /** @param onSchema called with the schema whose outbox has something */
  start(onSchema: (schema: string) => void): void {
    this.subscription = this.notifications.listen(OUTBOX_CHANNEL, onSchema);
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
  }
}
