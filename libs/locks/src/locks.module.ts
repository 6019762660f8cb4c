import { ConfigModule } from '@app/config';
import { PostgresModule } from '@app/postgres';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { AdvisoryLocks } from './advisory-locks.js';
import { LockService, LOCK_DRIVERS } from './lock.service.js';
import { LeaderElection } from './election/leader-election.js';
import { LockLeaderElection } from './election/lock.leader-election.js';
import { Fencing } from './fencing.js';
import { Leases } from './lease.js';
import { POSTGRES_LOCKS, REDIS_LOCKS } from './lock.backend.js';
import { LockMetrics } from './lock.metrics.js';
import { locksConfig } from './locks.config.js';
import { type LockDriver, Locks } from './locks.js';
import { CreateLease1763600000000 } from './migrations/1763600000000-create-lease.migration.js';
import { LeaseTable } from './postgres/lease.table.js';
import { PostgresAdvisoryLocks } from './postgres/postgres.advisory-locks.js';
import { PostgresFencing } from './postgres/postgres.fencing.js';
import { PostgresLeases } from './postgres/postgres.leases.js';
import { PostgresLocks } from './postgres/postgres.locks.js';
import { RedisLocks } from './redis/redis.locks.js';
import { RedisLockStore } from './redis/redis-lock.store.js';
import { LockNotifier } from './redis/lock.notifier.js';

export interface LocksModuleOptions {
  /**
   * Whether the leases are this app's: it has their table and takes them. Others only check fences.
   *
   * @default false
   */
  owner?: boolean;
  /**
   * What `Locks` and `LeaderElection` can be on, the first unless a caller says otherwise: `redis` needs the RedisModule,
   * `postgres` the table of leases, so the owner.
   *
   * @default [] there are neither
   */
  drivers?: readonly LockDriver[];
  /** Whether the app has PostgreSQL, to check fences and take advisory locks. @default true */
  postgres?: boolean;
}

const FENCES: Provider[] = [
  { provide: Fencing, useClass: PostgresFencing },
  { provide: AdvisoryLocks, useClass: PostgresAdvisoryLocks },
];
const LEASES: Provider[] = [{ provide: Leases, useClass: PostgresLeases }, LeaseTable];
const DRIVERS: Record<LockDriver, Provider[]> = {
  redis: [{ provide: REDIS_LOCKS, useClass: RedisLocks }, RedisLockStore, LockNotifier],
  postgres: [{ provide: POSTGRES_LOCKS, useClass: PostgresLocks }],
};

@Module({})
export class LocksModule {
  static forRoot({ owner = false, drivers = [], postgres = true }: LocksModuleOptions = {}): DynamicModule {
    const locks: Provider[] = [
      { provide: LOCK_DRIVERS, useValue: drivers },
      LockMetrics,
      { provide: Locks, useClass: LockService },
      { provide: LeaderElection, useClass: LockLeaderElection },
    ];
    return {
      module: LocksModule,
      global: true,
      imports: [
        ConfigModule.forFeature(locksConfig),
        ...(owner ? [PostgresModule.forFeature({ migrations: [CreateLease1763600000000] })] : []),
      ],
      providers: [
        ...(postgres ? FENCES : []),
        ...(owner ? LEASES : []),
        ...drivers.flatMap((driver) => DRIVERS[driver]),
        ...(drivers.length > 0 ? locks : []),
      ],
      exports: [
        ...(postgres ? [Fencing, AdvisoryLocks] : []),
        ...(owner ? [Leases] : []),
        ...(drivers.length > 0 ? [Locks, LeaderElection] : []),
      ],
    };
  }
}
