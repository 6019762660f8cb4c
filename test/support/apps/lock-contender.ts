import { setTimeout as delay } from 'node:timers/promises';
import { ConfigModule, loadConfig } from '@app/config';
import { LifecycleModule, lifecycleConfig } from '@app/lifecycle';
import { Fencing, type Lock, Locks, locksConfig, LocksModule } from '@app/locks';
import { postgresConfig, PostgresModule, TransactionHost } from '@app/postgres';
import { TelemetryModule } from '@app/telemetry';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/**
 * A process with several contenders for one lock, which runs until it is killed. They write to the table `visit` when they
 * acquire and release the lock, with their fencing token. The process reports to its parent: `entered`, `left`, `refused`.
 */
const { NAME = '', CONTENDERS = '10', TTL = '600' } = process.env;
const definitions = [lifecycleConfig, locksConfig, postgresConfig];
const store = await loadConfig({ app: 'cron-server', definitions, environment: process.env });

@Module({
  imports: [
    ConfigModule.forRoot(store),
    TelemetryModule,
    LifecycleModule,
    PostgresModule.forRoot(),
    LocksModule.forRoot({ owner: true, elections: true }),
  ],
})
class Contenders {}

const app = await NestFactory.createApplicationContext(Contenders, { logger: false });
const [locks, host, fencing] = [app.get(Locks), app.get(TransactionHost), app.get(Fencing)];

const report = (event: string, contender: number) =>
  process.send?.({ event, contender, pid: process.pid, at: performance.timeOrigin + performance.now() });

async function visit({ fence }: Lock, what: string): Promise<void> {
  await host.run(async () => {
    await fencing.assertHeld(fence);
    await host.query('INSERT INTO visit (fence, pid, what) VALUES ($1, $2, $3)', [
      fence.number,
      process.pid,
      what,
    ]);
  });
}

async function contend(contender: number): Promise<never> {
  for (;;) {
    try {
      await locks.withLock(NAME, { ttl: Number(TTL), wait: 60_000 }, async (lock) => {
        await visit(lock, 'enter');
        report('entered', contender);
        await delay(40);
        await visit(lock, 'leave');
        report('left', contender);
      });
    } catch (error) {
      const { reason = String(error) } = error as { reason?: string };
      report(reason === 'FENCE_LOST' ? 'refused' : `failed: ${reason}`, contender);
    }
  }
}

await Promise.all(Array.from({ length: Number(CONTENDERS) }, (_, contender) => contend(contender)));
