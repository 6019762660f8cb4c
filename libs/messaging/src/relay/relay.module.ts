import { ConfigModule } from '@app/config';
import { postgresConfig } from '@app/postgres';
import { Module } from '@nestjs/common';
import { ConsumerModule } from '../consume/consumer.module.js';
import { DelayedConsumer } from '../delayed/delayed.consumer.js';
import { messagingConfig } from '../messaging.config.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { OutboxListener } from './outbox.listener.js';
import { OutboxRelay } from './outbox.relay.js';
import { RelayMetrics } from './relay.metrics.js';

/** Publishes the rows of outboxes: the events of other apps, and the delayed messages in the worker's own outbox. */
@Module({
  imports: [
    ConfigModule.forFeature(messagingConfig),
    ConfigModule.forFeature(postgresConfig),
    OutboxModule,
    ConsumerModule,
  ],
  controllers: [DelayedConsumer],
  providers: [OutboxRelay, OutboxListener, RelayMetrics],
})
export class RelayModule {}
