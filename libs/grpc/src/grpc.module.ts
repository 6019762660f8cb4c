import { ConfigModule } from '@app/config';
import { Module } from '@nestjs/common';
import { DependenciesController } from './dependencies.controller.js';
import { grpcConfig } from './grpc.config.js';
import { GrpcMetricsModule } from './grpc-metrics.module.js';
import { GrpcServer } from './grpc.server.js';
import { HealthService } from './server/health.service.js';

/** The gRPC server of an app. The controllers of its slices are decorated with `@GrpcService`. */
@Module({
  imports: [ConfigModule.forFeature(grpcConfig), GrpcMetricsModule],
  controllers: [DependenciesController],
  providers: [GrpcServer, HealthService],
  exports: [GrpcServer],
})
export class GrpcModule {}
