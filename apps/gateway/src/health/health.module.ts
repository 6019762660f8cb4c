import { DependenciesServiceClient, DependenciesServiceDefinition } from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { GrpcServerChecks } from './grpc-server.checks.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

@Module({
  imports: [
    GrpcClientModule.forFeature('grpc-server', {
      client: DependenciesServiceClient,
      definition: DependenciesServiceDefinition,
      checksHealth: true,
    }),
  ],
  controllers: [HealthController],
  providers: [HealthService, GrpcServerChecks],
})
export class HealthModule {}
