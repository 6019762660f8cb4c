import {
  CounterRankingServiceDefinition,
  CountersServiceClient,
  CountersServiceDefinition,
} from '@app/contracts';
import { EdgeModule } from '@app/edge';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { IncrementBatcher } from './increment.batcher.js';
import { IncrementSender } from './increment.sender.js';

const client = { client: CountersServiceClient, definition: CountersServiceDefinition };

@Module({
  imports: [
    EdgeModule.forFeature('grpc-server', {
      definition: CountersServiceDefinition,
      methods: IncrementBatcher,
      imports: [GrpcClientModule.forFeature('grpc-server', client)],
      providers: [IncrementSender],
    }),
    EdgeModule.forFeature('worker', CounterRankingServiceDefinition),
  ],
})
export class CountersModule {}
