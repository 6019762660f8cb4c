import { DeadLettersServiceClient, DeadLettersServiceDefinition } from '@app/contracts';
import { EdgeModule } from '@app/edge';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { BulkDeadLetters } from './bulk-dead-letters.js';

const client = { client: DeadLettersServiceClient, definition: DeadLettersServiceDefinition };

@Module({
  imports: [
    EdgeModule.forFeature('worker', {
      definition: DeadLettersServiceDefinition,
      methods: BulkDeadLetters,
      imports: [GrpcClientModule.forFeature('worker', client)],
    }),
  ],
})
export class DeadLettersModule {}
