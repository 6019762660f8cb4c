import { ConfigModule, type ConfigStore } from '@app/config';
import { LifecycleModule } from '@app/lifecycle';
import { AccessLog } from '@app/logging';
import { Metrics, NoSpans, Spans } from '@app/telemetry';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { NoMetrics } from './no-metrics.js';

@Global()
@Module({
  providers: [
    { provide: Metrics, useClass: NoMetrics },
    { provide: Spans, useClass: NoSpans },
    // Only to create the HTTP server of a slice's routes. The bare program does not install its hooks.
    { provide: AccessLog, useValue: { write: () => undefined } },
  ],
  exports: [Metrics, Spans, AccessLog],
})
class NoTelemetryModule {}

/** A minimal platform for the slices of an app: configuration and connections, without metrics and log. */
@Module({})
export class BarePlatformModule {
  static around(app: Type, store: ConfigStore): DynamicModule {
    return {
      module: BarePlatformModule,
      imports: [ConfigModule.forRoot(store), NoTelemetryModule, LifecycleModule, app],
    };
  }
}
