import { CountersServiceClient, CountersServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { IncrementBatcher } from '../../../../apps/gateway/src/counters/increment.batcher.js';
import { IncrementSender } from '../../../../apps/gateway/src/counters/increment.sender.js';
import { GatewayModule } from '../../../../apps/gateway/src/gateway.module.js';
import { CountersController } from './counters.controller.js';
import { CountersRoutes } from './counters.routes.js';

/** The gateway as in production. Beside it, in the same process, the same operations written by hand. */
@Module({
  imports: [
    GatewayModule,
    GrpcClientModule.forFeature('grpc-server', {
      client: CountersServiceClient,
      definition: CountersServiceDefinition,
    }),
  ],
  controllers: [CountersController],
  providers: [IncrementBatcher, IncrementSender, CountersRoutes],
})
export class ByHandGatewayModule {}
