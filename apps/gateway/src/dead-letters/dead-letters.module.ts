import { DeadLettersServiceClient, DeadLettersServiceDefinition } from '@app/contracts';
import { EdgeModule } from '@app/edge';
import { Module } from '@nestjs/common';
import { BulkDeadLetters } from './bulk-dead-letters.js';

@Module({
  imports: [
    EdgeModule.forFeature('worker', {
      definition: DeadLettersServiceDefinition,
      client: DeadLettersServiceClient,
      methods: BulkDeadLetters,
    }),
  ],
})
export class DeadLettersModule {}
