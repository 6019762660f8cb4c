import { ConfigModule } from '@app/config';
import { RabbitMqModule } from '@app/rabbitmq';
import { ResilienceModule } from '@app/resilience';
import { Module } from '@nestjs/common';
import { scheduledQueue } from '../delayed/scheduled.queue.js';
import { messagingConfig } from '../messaging.config.js';
import { AmqpPublisher } from './amqp.publisher.js';
import { MessagePublisher } from './message-publisher.js';

/** `MessagePublisher`, for an app that imports `RabbitMqModule.forRoot`. */
@Module({
  imports: [
    ConfigModule.forFeature(messagingConfig),
    RabbitMqModule.forFeature(scheduledQueue),
    ResilienceModule,
  ],
  providers: [{ provide: MessagePublisher, useClass: AmqpPublisher }],
  exports: [MessagePublisher],
})
export class PublisherModule {}
