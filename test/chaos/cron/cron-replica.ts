import { once } from 'node:events';
import { ConfigModule, loadConfig } from '@app/config';
import { LifecycleModule, lifecycleConfig } from '@app/lifecycle';
import { locksConfig } from '@app/locks';
import { postgresConfig, PostgresModule, TransactionHost } from '@app/postgres';
import { type JobRun, ScheduledJob, schedulingConfig, SchedulingModule } from '@app/scheduling';
import { TelemetryModule } from '@app/telemetry';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** A replica of a cron server. Its runs are rows of the table `visit`. With HOLD they last until it is killed. */
const definitions = [lifecycleConfig, locksConfig, postgresConfig, schedulingConfig];
const store = await loadConfig({ app: 'cron-server', definitions, environment: process.env });

@Injectable()
class Visits {
  constructor(private readonly host: TransactionHost) {}

  @ScheduledJob({ name: 'chaos.run-once', cron: '0 0 1 1 *', misfire: 'run-once', deadline: '5m' })
  async runOnce(run: JobRun): Promise<void> {
    await this.visit(run);
  }

  @ScheduledJob({ name: 'chaos.skip', cron: '0 0 1 1 *', deadline: '5m' })
  async skip(run: JobRun): Promise<void> {
    await this.visit(run);
  }

  private async visit({ name, scheduledAt, attempt, signal }: JobRun): Promise<void> {
    // The database sets the time of the row, which is the real time of the run.
    const sql = 'INSERT INTO visit (job, scheduled_at, attempt, pid) VALUES ($1, $2, $3, $4)';
    await this.host.query(sql, [name, scheduledAt, attempt, process.pid]);
    if (process.env['HOLD']) await once(signal, 'abort');
  }
}

@Module({
  imports: [
    ConfigModule.forRoot(store),
    TelemetryModule,
    LifecycleModule,
    PostgresModule.forRoot(),
    SchedulingModule.forRoot(),
  ],
  providers: [Visits],
})
class CronReplica {}

await NestFactory.createApplicationContext(CronReplica, { logger: false });
process.send?.(Date.now());
