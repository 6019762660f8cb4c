import { ConfigModule } from '@app/config';
import { OutboxModule } from '@app/messaging';
import { PostgresModule } from '@app/postgres';
import { ResilienceModule } from '@app/resilience';
import { Module } from '@nestjs/common';
import { CallKeys } from './calls/call.keys.js';
import { CounterCatchUp } from './drain/counter.catch-up.js';
import { CounterDrain } from './drain/counter.drain.js';
import { CounterDrainLoop } from './drain/counter.drain.loop.js';
import { CounterEpochs } from './recovery/counter.epochs.js';
import { CounterEvents } from './drain/counter.events.js';
import { CounterLedgerStore } from './drain/counter.ledger.store.js';
import { CounterOrigins } from './shards/counter.origins.js';
import { CounterRestorer } from './recovery/counter.restorer.js';
import { CounterShards } from './shards/counter.shards.js';
import { CounterStore } from './shards/counter.store.js';
import { countersConfig } from './counters.config.js';
import { CountersController } from './counters.controller.js';
import { CountersMetrics } from './counters.metrics.js';
import { CountersService } from './counters.service.js';
import { Counters1763640000000 } from './migrations/1763640000000-counters.migration.js';

@Module({
  imports: [
    ConfigModule.forFeature(countersConfig),
    PostgresModule.forFeature({ migrations: [Counters1763640000000] }),
    OutboxModule,
    ResilienceModule,
  ],
  controllers: [CountersController],
  providers: [
    CountersService,
    CallKeys,
    CounterShards,
    CounterRestorer,
    CounterStore,
    CounterLedgerStore,
    CounterEpochs,
    CounterOrigins,
    CounterEvents,
    CounterCatchUp,
    CounterDrain,
    CounterDrainLoop,
    CountersMetrics,
  ],
})
export class CountersModule {}
