import { DeadLettersServiceClient, DeadLettersServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { BulkDeadLetters } from './bulk-dead-letters.js';
import { DeadLettersController } from './dead-letters.controller.js';

@Module({
  imports: [
    GrpcClientModule.forFeature('worker', {
      client: DeadLettersServiceClient,
      definition: DeadLettersServiceDefinition,
    }),
  ],
  controllers: [DeadLettersController],
  providers: [BulkDeadLetters],
})
export class DeadLettersModule {}
