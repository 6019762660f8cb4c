import { type DynamicModule, Inject, Module } from '@nestjs/common';
import type { ConfigDefinition } from './config.definition.js';
import { ConfigStore } from './config.store.js';

/**
 * Provides sections to modules. `bootstrap` reads every section that a module of the app declares, validates them
 * all at once, and passes the store to `forRoot`.
 */
@Module({})
export class ConfigModule {
  static forRoot(store: ConfigStore): DynamicModule {
    const provider = { provide: ConfigStore, useValue: store };
    return { module: ConfigModule, global: true, providers: [provider], exports: [ConfigStore] };
  }

  static forFeature(definition: ConfigDefinition): ConfigFeature {
    const provider = {
      provide: definition.token,
      useFactory: (store: ConfigStore) => store.handle(definition),
      inject: [ConfigStore],
    };
    return { module: ConfigFeatureModule, definition, providers: [provider], exports: [definition.token] };
  }
}

/** Returned by `forFeature`; `bootstrap` finds the sections of an app by its `definition`. */
export interface ConfigFeature extends DynamicModule {
  readonly definition: ConfigDefinition;
}

@Module({})
export class ConfigFeatureModule {}

/** Injects the `ConfigHandle` of a section. */
export function InjectConfig(definition: ConfigDefinition): ParameterDecorator & PropertyDecorator {
  return Inject(definition.token);
}
