import { ConfigModule } from '@app/config';
import { MessagesServiceClient, MessagesServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { messagesConfig } from './messages.config.js';
import { MessagesJobs } from './messages.jobs.js';

@Module({
  imports: [
    ConfigModule.forFeature(messagesConfig),
    GrpcClientModule.forFeature('worker', {
      client: MessagesServiceClient,
      definition: MessagesServiceDefinition,
    }),
  ],
  providers: [MessagesJobs],
})
export class MessagesModule {}
