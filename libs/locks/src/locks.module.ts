import { ConfigModule } from '@app/config';
import { PostgresModule } from '@app/postgres';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { LockService } from './lock.service.js';
import { LeaderElection } from './election/leader-election.js';
import { LockLeaderElection } from './election/lock.leader-election.js';
import { Fencing } from './fencing.js';
import { Leases } from './lease.js';
import { LockMetrics } from './lock.metrics.js';
import { locksConfig } from './locks.config.js';
import { Locks } from './locks.js';
import { CreateLease1763600000000 } from './migrations/1763600000000-create-lease.migration.js';
import { LeaseTable } from './postgres/lease.table.js';
import { PostgresFencing } from './postgres/postgres.fencing.js';
import { PostgresLeases } from './postgres/postgres.leases.js';
import { PostgresLocks } from './postgres/postgres.locks.js';

export interface LocksModuleOptions {
  /**
   * Whether this app owns the table of leases and takes leases. Other apps only check fences, or set `elections`.
   *
   * @default false
   */
  owner?: boolean;
  /**
   * Whether the app takes locks and takes part in elections. Its leases are in the table of the owner
   * (`locks.schema`), so the owner must be migrated first.
   *
   * @default false
   */
  elections?: boolean;
}

const LEASES: Provider[] = [{ provide: Leases, useClass: PostgresLeases }, LeaseTable];
const ELECTIONS: Provider[] = [
  LockMetrics,
  PostgresLocks,
  { provide: Locks, useClass: LockService },
  { provide: LeaderElection, useClass: LockLeaderElection },
];

@Module({})
export class LocksModule {
  static forRoot({ owner = false, elections = false }: LocksModuleOptions = {}): DynamicModule {
    const leases = owner || elections;
    return {
      module: LocksModule,
      global: true,
      imports: [
        ConfigModule.forFeature(locksConfig),
        ...(owner ? [PostgresModule.forFeature({ migrations: [CreateLease1763600000000] })] : []),
      ],
      providers: [
        { provide: Fencing, useClass: PostgresFencing },
        ...(leases ? LEASES : []),
        ...(elections ? ELECTIONS : []),
      ],
      exports: [Fencing, ...(leases ? [Leases] : []), ...(elections ? [Locks, LeaderElection] : [])],
    };
  }
}
