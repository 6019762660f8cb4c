import {
  MessagesServiceClient,
  MessagesServiceDefinition,
  SubmissionsServiceDefinition,
  taskQueue,
} from '@app/contracts';
import { EdgeModule } from '@app/edge';
import { GrpcClientModule } from '@app/grpc';
import { PublisherModule } from '@app/messaging';
import { RabbitMqModule } from '@app/rabbitmq';
import { Module } from '@nestjs/common';
import { AcceptedMessages } from './accepted-messages.store.js';
import { MessagesService } from './messages.service.js';

const worker = { client: MessagesServiceClient, definition: MessagesServiceDefinition };

/** Submits messages to the task queue, and returns their state from the worker. */
@Module({
  imports: [
    EdgeModule.forFeature({
      definition: SubmissionsServiceDefinition,
      methods: MessagesService,
      imports: [
        PublisherModule,
        RabbitMqModule.forFeature(taskQueue),
        GrpcClientModule.forFeature('worker', worker),
      ],
      providers: [AcceptedMessages],
    }),
  ],
})
export class MessagesModule {}
