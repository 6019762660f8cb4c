import { MessagesServiceClient, MessagesServiceDefinition, taskQueue } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { PublisherModule } from '@app/messaging';
import { RabbitMqModule } from '@app/rabbitmq';
import { Module } from '@nestjs/common';
import { RedisAcceptedMessages } from './accepted-messages.store.js';
import { AcceptedMessages } from './accepted-messages.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';

/** Submits messages to the task queue, and returns their state from the worker. */
@Module({
  imports: [
    PublisherModule,
    RabbitMqModule.forFeature(taskQueue),
    GrpcClientModule.forFeature('worker', {
      client: MessagesServiceClient,
      definition: MessagesServiceDefinition,
    }),
  ],
  controllers: [MessagesController],
  providers: [MessagesService, { provide: AcceptedMessages, useClass: RedisAcceptedMessages }],
})
export class MessagesModule {}
