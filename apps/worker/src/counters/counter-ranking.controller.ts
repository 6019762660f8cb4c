import {
  CounterRankingServiceDefinition,
  type CounterRankingServiceImplementation,
  type TopCountersRequest,
  type TopCountersResponse,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { CounterRankingStore } from './counter-ranking.store.js';

@Controller()
@GrpcService(CounterRankingServiceDefinition)
export class CounterRankingController implements CounterRankingServiceImplementation {
  constructor(private readonly ranking: CounterRankingStore) {}

  async top({ counterType, window, limit }: TopCountersRequest): Promise<TopCountersResponse> {
    return { items: await this.ranking.top(counterType, window, limit), asOf: new Date() };
  }
}
