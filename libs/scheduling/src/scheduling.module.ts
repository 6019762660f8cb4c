import { ConfigModule } from '@app/config';
import { LocksModule } from '@app/locks';
import { PostgresModule } from '@app/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { JobExplorer } from './job.explorer.js';
import { JobPlanner } from './job.planner.js';
import { JobRunStore } from './job-run.store.js';
import { JobRunner } from './job.runner.js';
import { CreateJobRun1763600001000 } from './migrations/1763600001000-create-job-run.migration.js';
import { Scheduler } from './scheduler.js';
import { DatabaseClock, SchedulingClock } from './scheduling.clock.js';
import { schedulingConfig } from './scheduling.config.js';
import { SchedulingMetrics } from './scheduling.metrics.js';

/** Runs the `@ScheduledJob`s of an app, which owns the leases and the records; needs `PostgresModule.forRoot()`. */
@Module({})
export class SchedulingModule {
  static forRoot(): DynamicModule {
    return {
      module: SchedulingModule,
      imports: [
        ConfigModule.forFeature(schedulingConfig),
        PostgresModule.forFeature({ migrations: [CreateJobRun1763600001000] }),
        LocksModule.forRoot({ owner: true }),
        DiscoveryModule,
      ],
      providers: [
        Scheduler,
        JobExplorer,
        JobPlanner,
        JobRunner,
        JobRunStore,
        SchedulingMetrics,
        { provide: SchedulingClock, useClass: DatabaseClock },
      ],
    };
  }
}
