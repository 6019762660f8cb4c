import { AuthModule } from '@app/auth';
import { Module } from '@nestjs/common';
import { CountersModule } from '../../../../apps/gateway/src/counters/counters.module.js';

/** The increment path of the gateway: the same slice and guard. */
@Module({ imports: [AuthModule, CountersModule] })
export class BareGatewayModule {}
