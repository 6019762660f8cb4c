import { ConfigModule, type ConfigStore } from '@app/config';
import { LifecycleModule } from '@app/lifecycle';
import { LoggingModule, type RootLogger } from '@app/logging';
import { TelemetryModule } from '@app/telemetry';
import { type DynamicModule, Module, type Type } from '@nestjs/common';

/** What every app stands on, around the app's own module. */
@Module({})
export class PlatformModule {
  static around(app: Type, store: ConfigStore, root: RootLogger): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        ConfigModule.forRoot(store),
        LoggingModule.forRoot(root),
        TelemetryModule,
        LifecycleModule,
        app,
      ],
    };
  }
}
