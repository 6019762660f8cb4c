import type { z } from 'zod';

/** @publicApi */
export interface ConfigDefinitionOptions<Schema extends z.ZodType> {
  /** Shape, units and defaults; keys in camelCase here, in snake_case in files and variables. */
  schema: Schema;
  /** Keys that take effect while the app runs. @default none */
  reloadable?: readonly (keyof z.output<Schema> & string)[];
}

/**
 * One section of the configuration, owned by the lib or slice that reads it. The definition is its own
 * injection token, see `@InjectConfig`.
 *
 * @publicApi
 */
export class ConfigDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly token: symbol;

  constructor(
    readonly section: string,
    readonly schema: Schema,
    readonly reloadable: readonly string[],
  ) {
    this.token = Symbol(`config:${section}`);
  }
}

/** The values of a section after validation. */
export type ConfigOf<Definition> =
  Definition extends ConfigDefinition<infer Schema> ? z.output<Schema> : never;

/** Declares a section: `defineConfig('mail', { schema: z.object({ timeout: duration().prefault('5s') }) })`. */
export function defineConfig<Schema extends z.ZodType>(
  section: string,
  options: ConfigDefinitionOptions<Schema>,
): ConfigDefinition<Schema> {
  return new ConfigDefinition(section, options.schema, options.reloadable ?? []);
}
