import { ConfigModule } from '@app/config';
import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { messagingConfig } from '../messaging.config.js';
import { CreateOutbox1763610000000 } from '../migrations/1763610000000-create-outbox.migration.js';
import { OrderOutbox1763800000000 } from '../migrations/1763800000000-order-outbox.migration.js';
import { EventOutbox } from './event-outbox.js';
import { OutboxWriter } from './outbox.writer.js';
import { PostgresEventOutbox } from './postgres.event-outbox.js';

/** `EventOutbox` and its table, for an app that has events to tell. It needs no broker: the worker's relay does. */
@Module({
  imports: [
    ConfigModule.forFeature(messagingConfig),
    PostgresModule.forFeature({ migrations: [CreateOutbox1763610000000, OrderOutbox1763800000000] }),
  ],
  providers: [OutboxWriter, { provide: EventOutbox, useClass: PostgresEventOutbox }],
  exports: [EventOutbox, OutboxWriter],
})
export class OutboxModule {}
