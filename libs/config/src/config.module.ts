import { type DynamicModule, Inject, Module } from '@nestjs/common';
import type { ConfigDefinition } from './config.definition.js';
import { ConfigStore } from './config.store.js';

/**
 * Hands out sections. `bootstrap` reads every section that a module of the app asks for, validates them all
 * at once, and gives the store in through `forRoot`.
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

/** What `forFeature` returns; the definition on it is how `bootstrap` finds the sections of an app. */
export interface ConfigFeature extends DynamicModule {
  readonly definition: ConfigDefinition;
}

@Module({})
export class ConfigFeatureModule {}

/** Injects the `ConfigHandle` of a section. */
export function InjectConfig(definition: ConfigDefinition): ParameterDecorator & PropertyDecorator {
  return Inject(definition.token);
}
