import type { ConfigDefinition, ConfigOf } from './config.definition.js';
import { ConfigHandle } from './config.handle.js';
import { toSnake } from './key-case.js';
import type { Secret } from './units/secret.js';
import type { ServiceUrl } from './units/service-url.js';

/** Every section of one app, validated. Made by `loadConfig`, or by hand in a test. */
export class ConfigStore {
  private readonly handles = new Map<ConfigDefinition, ConfigHandle<unknown>>();

  /** @param values what each definition's section holds */
  constructor(values: ReadonlyMap<ConfigDefinition, unknown>) {
    for (const [definition, value] of values) this.handles.set(definition, new ConfigHandle(value));
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

  /** The whole configuration in the names of the files; secrets print masked. Durations are milliseconds. */
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
