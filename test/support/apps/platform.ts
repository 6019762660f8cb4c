import { ConfigModule, type ConfigStore } from '@app/config';
import { LifecycleModule } from '@app/lifecycle';
import { LoggingModule, type RootLogger } from '@app/logging';
import { TelemetryModule } from '@app/telemetry';
import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';

/**
 * Creates a testing module with the platform modules that `bootstrap` adds to every app: configuration, telemetry,
 * lifecycle.
 *
 * @param root the logger of the app; without it Nest's own logger is used
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
