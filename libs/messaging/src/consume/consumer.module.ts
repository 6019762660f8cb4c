import { ConfigModule } from '@app/config';
import { Module } from '@nestjs/common';
import { DeadLettersModule } from '../dead-letters/dead-letters.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { messagingConfig } from '../messaging.config.js';
import { MessagingMetrics } from '../messaging.metrics.js';
import { AmqpServer } from './amqp.server.js';
import { DeadLetterConsumer } from './dead-letter.consumer.js';
import { FailureRouter } from './failure.router.js';

/** The transport of `@Consume` handlers, for an app with the transport `amqp`. It needs RabbitMQ and PostgreSQL. */
@Module({
  imports: [ConfigModule.forFeature(messagingConfig), InboxModule, DeadLettersModule],
  providers: [AmqpServer, DeadLetterConsumer, FailureRouter, MessagingMetrics],
  exports: [AmqpServer, InboxModule, DeadLettersModule],
})
export class ConsumerModule {}
