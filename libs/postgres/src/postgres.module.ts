import { type ConfigHandle, ConfigModule } from '@app/config';
import { lifecycleConfig } from '@app/lifecycle';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { dataSourceOptions, type Entity, type Migration, SharedDataSource } from './data-source.js';
import { Notifications } from './notifications/notifications.js';
import { SessionNotifications } from './notifications/session.notifications.js';
import { PoolMetrics } from './pool.metrics.js';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';
import { PostgresConnection } from './postgres.connection.js';
import { PostgresHealth } from './postgres.health.js';
import { QueryMetrics } from './query.metrics.js';
import { Replicas } from './replicas/replicas.js';
import { OpenSessions } from './session/open-sessions.js';
import { PrimaryPool } from './session/primary-pool.js';
import { SlowQueryLog } from './slow-query.log.js';
import { TransactionHost } from './transaction.host.js';
import { TypeOrmTransactionHost } from './typeorm.transaction-host.js';

/** Entities and migrations of a slice or lib. */
export interface PostgresFeatureOptions {
  /** @default none: plain SQL needs no entity */
  entities?: readonly Entity[];
  /** Migrations that create and change its tables, in any order: they run by their timestamps. @default none */
  migrations?: readonly Migration[];
}

/** The result of `forFeature`. The `migrate` command finds the migrations of an app by its member `postgresFeature`. */
export interface PostgresFeature extends DynamicModule {
  readonly postgresFeature: Required<PostgresFeatureOptions>;
}

/** Observes every statement and session, of the pool that `@nestjs/typeorm` opens and of the replicas. */
@Module({
  imports: [ConfigModule.forFeature(postgresConfig)],
  providers: [QueryMetrics, SlowQueryLog, OpenSessions, PrimaryPool],
  exports: [QueryMetrics, OpenSessions, PrimaryPool],
})
export class QueryObservationModule {}

@Module({})
export class PostgresModule {
  static forRoot(): DynamicModule {
    return {
      module: PostgresModule,
      global: true,
      imports: [
        ConfigModule.forFeature(postgresConfig),
        ConfigModule.forFeature(lifecycleConfig),
        QueryObservationModule,
        typeOrm(),
      ],
      providers: [
        { provide: TransactionHost, useClass: TypeOrmTransactionHost },
        { provide: Notifications, useClass: SessionNotifications },
        Replicas,
        PostgresConnection,
        PostgresHealth,
        PoolMetrics,
      ],
      exports: [TransactionHost, Notifications],
    };
  }

  static forFeature({ entities = [], migrations = [] }: PostgresFeatureOptions): PostgresFeature {
    return {
      module: PostgresFeatureModule,
      postgresFeature: { entities, migrations },
      imports: [TypeOrmModule.forFeature([...entities])],
      exports: [TypeOrmModule],
    };
  }
}

@Module({})
export class PostgresFeatureModule {}

function typeOrm(): DynamicModule {
  return TypeOrmModule.forRootAsync({
    imports: [ConfigModule.forFeature(postgresConfig), QueryObservationModule],
    inject: [postgresConfig.token, QueryMetrics, OpenSessions, PrimaryPool],
    useFactory: (
      config: ConfigHandle<PostgresConfig>,
      metrics: QueryMetrics,
      sessions: OpenSessions,
      pool: PrimaryPool,
    ): TypeOrmModuleOptions => ({
      ...dataSourceOptions(config.current, {
        observe: (sql, send) => metrics.observe(sql, send),
        sessions,
        pool,
        onFailure: metrics.failed,
      }),
      autoLoadEntities: true,
      // PostgresConnection opens it and waits. Until then the app runs and reports that it is not ready.
      manualInitialization: true,
    }),
    dataSourceFactory: (options?: DataSourceOptions): Promise<DataSource> =>
      Promise.resolve(new SharedDataSource(options as DataSourceOptions)),
  });
}
