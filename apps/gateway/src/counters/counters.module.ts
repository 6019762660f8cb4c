import {
  CounterRankingServiceClient,
  CounterRankingServiceDefinition,
  CountersServiceClient,
  CountersServiceDefinition,
} from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { CountersController } from './counters.controller.js';
import { IncrementBatcher } from './increment.batcher.js';
import { IncrementSender } from './increment.sender.js';

@Module({
  imports: [
    GrpcClientModule.forFeature('grpc-server', {
      client: CountersServiceClient,
      definition: CountersServiceDefinition,
    }),
    GrpcClientModule.forFeature('worker', {
      client: CounterRankingServiceClient,
      definition: CounterRankingServiceDefinition,
    }),
  ],
  controllers: [CountersController],
  providers: [IncrementBatcher, IncrementSender],
})
export class CountersModule {}
