import { ConfigModule } from '@app/config';
import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { DeadLettersModule } from '../dead-letters/dead-letters.module.js';
import { messagingConfig } from '../messaging.config.js';
import { CreateInbox1763610000001 } from '../migrations/1763610000001-create-inbox.migration.js';
import { InboxByTime1763800000001 } from '../migrations/1763800000001-inbox-by-time.migration.js';
import { CreateHandlerStart1764200000000 } from '../migrations/1764200000000-create-handler-start.migration.js';
import { HandlerStarts } from './handler-starts.js';
import { Inbox } from './inbox.js';
import { InboxPruner } from './inbox.pruner.js';

@Module({
  imports: [
    ConfigModule.forFeature(messagingConfig),
    DeadLettersModule,
    PostgresModule.forFeature({
      migrations: [CreateInbox1763610000001, InboxByTime1763800000001, CreateHandlerStart1764200000000],
    }),
  ],
  providers: [Inbox, HandlerStarts, InboxPruner],
  exports: [Inbox, HandlerStarts],
})
export class InboxModule {}
