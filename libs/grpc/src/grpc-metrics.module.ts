import { Module } from '@nestjs/common';
import { GrpcMetrics } from './grpc.metrics.js';

/** The metrics of both sides, once per app: a metric's name can be registered only once. */
@Module({ providers: [GrpcMetrics], exports: [GrpcMetrics] })
export class GrpcMetricsModule {}
