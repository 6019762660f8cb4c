import { ConfigModule } from '@app/config';
import { OutboxModule } from '@app/messaging';
import { PostgresModule } from '@app/postgres';
import { ResilienceModule } from '@app/resilience';
import { Module } from '@nestjs/common';
import { CallKeys } from './call.keys.js';
import { CounterCatchUp } from './counter.catch-up.js';
import { CounterDrain } from './counter.drain.js';
import { CounterDrainLoop } from './counter.drain.loop.js';
import { CounterEpochs } from './counter.epochs.js';
import { CounterEvents } from './counter.events.js';
import { CounterLedgerStore } from './counter.ledger.store.js';
import { CounterOrigins } from './counter.origins.js';
import { CounterRestorer } from './counter.restorer.js';
import { CounterShards } from './counter.shards.js';
import { CounterStore } from './counter.store.js';
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
