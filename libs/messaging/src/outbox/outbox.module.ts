import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { CreateOutbox1763610000000 } from '../migrations/1763610000000-create-outbox.migration.js';
import { EventOutbox } from './event-outbox.js';
import { OutboxWriter } from './outbox.writer.js';
import { PostgresEventOutbox } from './postgres.event-outbox.js';

/** `EventOutbox` and its table, for an app that has events to tell. It needs no broker: the worker's relay does. */
@Module({
  imports: [PostgresModule.forFeature({ migrations: [CreateOutbox1763610000000] })],
  providers: [OutboxWriter, { provide: EventOutbox, useClass: PostgresEventOutbox }],
  exports: [EventOutbox, OutboxWriter],
})
export class OutboxModule {}
