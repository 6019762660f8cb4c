import { ConfigModule } from '@app/config';
import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { messagingConfig } from '../messaging.config.js';
import { CreateOutbox1763610000000 } from '../migrations/1763610000000-create-outbox.migration.js';
import { OrderOutbox1763800000000 } from '../migrations/1763800000000-order-outbox.migration.js';
import { OutboxByLane1764300000000 } from '../migrations/1764300000000-outbox-by-lane.migration.js';
import { OutboxByQueue1764300000001 } from '../migrations/1764300000001-outbox-by-queue.migration.js';
import { OutboxByWaiting1764300000002 } from '../migrations/1764300000002-outbox-by-waiting.migration.js';
import { DropOutboxOrdered1764300000003 } from '../migrations/1764300000003-drop-outbox-ordered.migration.js';
import { DropOutboxUnordered1764300000004 } from '../migrations/1764300000004-drop-outbox-unordered.migration.js';
import { OutboxDelayed1764300000008 } from '../migrations/1764300000008-outbox-delayed.migration.js';
import { EventOutbox } from './event-outbox.js';
import { OutboxWriter } from './outbox.writer.js';
import { PostgresEventOutbox } from './postgres.event-outbox.js';

/** `EventOutbox` and its table, for an app that publishes events. It needs no broker; only the worker's relay does. */
@Module({
  imports: [
    ConfigModule.forFeature(messagingConfig),
    PostgresModule.forFeature({
      migrations: [
        CreateOutbox1763610000000,
        OrderOutbox1763800000000,
        OutboxByLane1764300000000,
        OutboxByQueue1764300000001,
        OutboxByWaiting1764300000002,
        DropOutboxOrdered1764300000003,
        DropOutboxUnordered1764300000004,
        OutboxDelayed1764300000008,
      ],
    }),
  ],
  providers: [OutboxWriter, { provide: EventOutbox, useClass: PostgresEventOutbox }],
  exports: [EventOutbox, OutboxWriter],
})
export class OutboxModule {}
