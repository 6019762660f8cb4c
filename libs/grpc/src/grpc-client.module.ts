import { ConfigModule } from '@app/config';
import type { ServiceDefinition } from '@app/contracts';
import { ResilienceModule } from '@app/resilience';
import { Spans } from '@app/telemetry';
import { type Abstract, type DynamicModule, Module } from '@nestjs/common';
import { createGrpcClient } from './grpc-client.factory.js';
import { GrpcChannels } from './grpc.channels.js';
import { upstreamsConfig } from './grpc.config.js';
import { GrpcMetrics } from './grpc.metrics.js';
import { GrpcMetricsModule } from './grpc-metrics.module.js';

/** A client to provide: the generated abstract class, which is its token, and the definition of its service. */
export interface GrpcClientOptions {
  client: Abstract<unknown>;
  definition: ServiceDefinition;
  /**
   * Whether its calls are health checks of the other app. They go through the policy `health_checks`, which has
   * neither breaker nor retry, and fail at once when there is no connection.
   *
   * @default false
   */
  checksHealth?: boolean;
}

@Module({
  imports: [ConfigModule.forFeature(upstreamsConfig), ResilienceModule, GrpcMetricsModule],
  providers: [GrpcChannels],
  exports: [GrpcChannels, GrpcMetricsModule],
})
export class GrpcClientModule {
  /** Provides clients of another app: `GrpcClientModule.forFeature('worker', { client: …Client, definition: …Definition })`. */
  static forFeature(upstream: string, ...clients: GrpcClientOptions[]): DynamicModule {
    const name = upstream.replaceAll('-', '_');
    const providers = clients.map(({ client, definition, checksHealth = false }) => ({
      provide: client,
      useFactory: (channels: GrpcChannels, metrics: GrpcMetrics, spans: Spans) => {
        const channel = checksHealth ? channels.toCheck(name) : channels.to(name);
        return createGrpcClient(definition, channel, metrics.client, spans);
      },
      inject: [GrpcChannels, GrpcMetrics, Spans],
    }));
    return {
      module: GrpcClientFeatureModule,
      imports: [GrpcClientModule],
      providers,
      exports: clients.map(({ client }) => client),
    };
  }
}

@Module({})
class GrpcClientFeatureModule {}
