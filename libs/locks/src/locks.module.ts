import { ConfigModule } from '@app/config';
import { PostgresModule } from '@app/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import { Fencing } from './fencing.js';
import { Leases } from './lease.js';
import { locksConfig } from './locks.config.js';
import { CreateLease1763600000000 } from './migrations/1763600000000-create-lease.migration.js';
import { LeaseTable } from './postgres/lease.table.js';
import { PostgresFencing } from './postgres/postgres.fencing.js';
import { PostgresLeases } from './postgres/postgres.leases.js';

export interface LocksModuleOptions {
  /**
   * Whether the leases are this app's: it has their table and takes them. Others only check fences.
   *
   * @default false
   */
  owner?: boolean;
}

@Module({})
export class LocksModule {
  static forRoot({ owner = false }: LocksModuleOptions = {}): DynamicModule {
    const leases = [{ provide: Leases, useClass: PostgresLeases }, LeaseTable];
    return {
      module: LocksModule,
      global: true,
      imports: [
        ConfigModule.forFeature(locksConfig),
        ...(owner ? [PostgresModule.forFeature({ migrations: [CreateLease1763600000000] })] : []),
      ],
      providers: [{ provide: Fencing, useClass: PostgresFencing }, ...(owner ? leases : [])],
      exports: [Fencing, ...(owner ? [Leases] : [])],
    };
  }
}
