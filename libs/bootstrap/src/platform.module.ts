import { ConfigModule, type ConfigStore } from '@app/config';
import { LifecycleModule } from '@app/lifecycle';
import { LoggingModule, type RootLogger } from '@app/logging';
import { type Spans, TelemetryModule } from '@app/telemetry';
import { type DynamicModule, Module, type Type } from '@nestjs/common';

/** Objects that exist before the modules are created. */
export interface PlatformOptions {
  store: ConfigStore;
  root: RootLogger;
  spans: Spans;
}

/** The modules that every app has, together with the app's own module. */
@Module({})
export class PlatformModule {
  static around(app: Type, { store, root, spans }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        ConfigModule.forRoot(store),
        LoggingModule.forRoot(root),
        TelemetryModule.forRoot(spans),
        LifecycleModule,
        app,
      ],
    };
  }
}
