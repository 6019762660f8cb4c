import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { CreateInbox1763610000001 } from '../migrations/1763610000001-create-inbox.migration.js';
import { Inbox } from './inbox.js';

@Module({
  imports: [PostgresModule.forFeature({ migrations: [CreateInbox1763610000001] })],
  providers: [Inbox],
  exports: [Inbox],
})
export class InboxModule {}
