import type { ConfigDefinition, ConfigOf } from './config.definition.js';
import { ConfigHandle } from './config.handle.js';
import { toSnake } from './key-case.js';
import type { Secret } from './units/secret.js';
import type { ServiceUrl } from './units/service-url.js';

/** The values of a section from one reading. */
export interface SectionValues {
  /** Validated, with defaults and units applied. */
  readonly value: unknown;
  /** The raw values by key; used to compare two readings. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** Every section of one app, validated. Created by `loadConfig`, or by `ConfigStore.of` in a test. */
export class ConfigStore {
  private readonly handles = new Map<ConfigDefinition, ConfigHandle<unknown>>();

  constructor(private readonly sections: ReadonlyMap<ConfigDefinition, SectionValues>) {
    for (const [definition, { value }] of sections) this.handles.set(definition, new ConfigHandle(value));
  }

  /** A store of given values; nothing is read or validated. */
  static of(values: Iterable<readonly [ConfigDefinition, unknown]>): ConfigStore {
    return new ConfigStore(
      new Map([...values].map(([definition, value]) => [definition, { value, written: {} }])),
    );
  }

  handle<Definition extends ConfigDefinition>(definition: Definition): ConfigHandle<ConfigOf<Definition>> {
    const handle = this.handles.get(definition);
    if (!handle) {
      throw new Error(
        `The configuration section "${definition.section}" was not read. ` +
          'Import ConfigModule.forFeature(…) in the module that injects it.',
      );
    }
    return handle as ConfigHandle<ConfigOf<Definition>>;
  }

  /** The sections as they were read at start-up. */
  get readings(): ReadonlyMap<ConfigDefinition, SectionValues> {
    return this.sections;
  }

  /** The whole configuration in the notation of the files, secrets masked. Durations are milliseconds. */
  describe(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.handles].map(([definition, handle]) => [definition.section, printable(handle.current)]),
    );
  }
}

function printable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return (value as Secret | ServiceUrl).toString();
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [toSnake(key), printable(child)]));
}
