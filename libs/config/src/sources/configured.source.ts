import type { ConfigDefinition, ConfigOf } from '../config.definition.js';
import type { ConfigStore } from '../config.store.js';
import type { ConfigSource } from './config-source.js';

/**
 * A remote source with its own section, which holds its address and other settings. That section is read from the
 * files and the environment before any remote source.
 *
 * @publicApi
 */
export class ConfiguredSource {
  private constructor(
    readonly definition: ConfigDefinition,
    private readonly create: (store: ConfigStore) => ConfigSource,
  ) {}

  static of<Definition extends ConfigDefinition>(
    definition: Definition,
    create: (config: ConfigOf<Definition>) => ConfigSource,
  ): ConfiguredSource {
    return new ConfiguredSource(definition, (store) => create(store.handle(definition).current));
  }

  open(store: ConfigStore): ConfigSource {
    return this.create(store);
  }
}
