import { AuthModule } from '@app/auth';
import { HttpModule } from '@app/http';
import { type DynamicModule, Module } from '@nestjs/common';
import { featureOf } from './edge.feature.js';
import { type CheckedServices, type EdgeService, toOptions } from './edge.options.js';
import { EdgeRouter } from './edge.router.js';

/**
 * Serves the methods of a service over HTTP, as `google.api.http` in its proto file says:
 *
 *     EdgeModule.forFeature('grpc-server', OrdersServiceDefinition)
 *
 * @publicApi
 */
@Module({ imports: [AuthModule, HttpModule], providers: [EdgeRouter], exports: [EdgeRouter] })
export class EdgeModule {
  /**
   * @param upstream the app that serves the services over gRPC, as in the configuration's `upstreams`
   * @throws EdgeSetupError at the start, when a method cannot be served
   */
  static forFeature<const Services extends readonly EdgeService[]>(
    upstream: string,
    ...services: Services & CheckedServices<Services>
  ): DynamicModule;
  /** For services that this app implements itself. */
  static forFeature<const Services extends readonly EdgeService[]>(
    ...services: Services & CheckedServices<Services>
  ): DynamicModule;
  static forFeature(...args: readonly (string | EdgeService)[]): DynamicModule {
    const [upstream] = args.filter((each) => typeof each === 'string');
    const services = args.filter((each) => typeof each !== 'string').map(toOptions);
    return {
      module: EdgeFeatureModule,
      imports: services.map((each) => featureOf(EdgeModule, each, upstream)),
    };
  }
}

@Module({})
class EdgeFeatureModule {}
