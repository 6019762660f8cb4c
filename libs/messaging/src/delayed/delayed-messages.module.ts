import { Module } from '@nestjs/common';
import { InboxModule } from '../inbox/inbox.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { DelayedMessages } from './delayed-messages.js';

/** `DelayedMessages`, for the app that stores them. */
@Module({
  imports: [OutboxModule, InboxModule],
  providers: [DelayedMessages],
  exports: [DelayedMessages],
})
export class DelayedMessagesModule {}
