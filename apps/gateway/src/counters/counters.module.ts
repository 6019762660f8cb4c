import {
  CounterRankingServiceDefinition,
  CountersServiceClient,
  CountersServiceDefinition,
} from '@app/contracts';
import { EdgeModule } from '@app/edge';
import { Module } from '@nestjs/common';
import { IncrementBatcher } from './increment.batcher.js';
import { IncrementSender } from './increment.sender.js';

@Module({
  imports: [
    EdgeModule.forFeature('grpc-server', {
      definition: CountersServiceDefinition,
      client: CountersServiceClient,
      methods: IncrementBatcher,
      providers: [IncrementSender],
    }),
    EdgeModule.forFeature('worker', CounterRankingServiceDefinition),
  ],
})
export class CountersModule {}
