import { PostgresModule } from '@app/postgres';
import { RedisModule } from '@app/redis';
import { Module } from '@nestjs/common';
import { CountersModule } from '../../../../apps/grpc-server/src/counters/counters.module.js';

/** The increment path of the grpc-server: its slice with its stores and the drain, which is part of its guarantees. */
@Module({ imports: [PostgresModule.forRoot(), RedisModule.forRoot(), CountersModule] })
export class BareGrpcServerModule {}
