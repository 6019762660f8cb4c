import { ConfigModule, type ConfigStore } from '@app/config';
import { LifecycleModule } from '@app/lifecycle';
import { LoggingModule, type RootLogger } from '@app/logging';
import { type Spans, TelemetryModule } from '@app/telemetry';
import { type DynamicModule, Module, type Type } from '@nestjs/common';

/** What is there before the modules are. */
export interface PlatformOptions {
  store: ConfigStore;
  root: RootLogger;
  spans: Spans;
}

/** What every app stands on, around the app's own module. */
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
