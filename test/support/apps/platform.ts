import { ConfigModule, type ConfigStore } from '@app/config';
import { LifecycleModule } from '@app/lifecycle';
import { LoggingModule, type RootLogger } from '@app/logging';
import { TelemetryModule } from '@app/telemetry';
import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';

/**
 * Begins a module on the libs that `bootstrap` puts below every app: configuration, telemetry, lifecycle.
 *
 * @param root the logger of the app; without it Nest's own logger stays
 */
export function onPlatform(
  store: ConfigStore,
  { imports = [], ...more }: ModuleMetadata,
  root?: RootLogger,
): TestingModuleBuilder {
  const logging = root ? [LoggingModule.forRoot(root)] : [];
  const platform = [ConfigModule.forRoot(store), ...logging, TelemetryModule, LifecycleModule];
  return Test.createTestingModule({ imports: [...platform, ...imports], ...more });
}
