import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { CounterRankingController } from './counter-ranking.controller.js';
import { CounterRankingPruner } from './counter-ranking.pruner.js';
import { CounterRankingStore } from './counter-ranking.store.js';
import { CountersConsumer } from './counters.consumer.js';
import { CounterRanking1763640000001 } from './migrations/1763640000001-counter-ranking.migration.js';

@Module({
  imports: [PostgresModule.forFeature({ migrations: [CounterRanking1763640000001] })],
  controllers: [CountersConsumer, CounterRankingController],
  providers: [CounterRankingStore, CounterRankingPruner],
})
export class CountersModule {}
