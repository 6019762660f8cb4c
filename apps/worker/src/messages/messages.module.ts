import { ConsumerModule, DelayedMessagesModule } from '@app/messaging';
import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { MessageStore } from './message.store.js';
import { MessagesConsumer } from './messages.consumer.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { Tasks1763650000000 } from './migrations/1763650000000-tasks.migration.js';

@Module({
  imports: [
    PostgresModule.forFeature({ migrations: [Tasks1763650000000] }),
    ConsumerModule,
    DelayedMessagesModule,
  ],
  controllers: [MessagesConsumer, MessagesController],
  providers: [MessagesService, MessageStore],
})
export class MessagesModule {}
