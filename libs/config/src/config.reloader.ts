import { isDeepStrictEqual } from 'node:util';
import type { ConfigDefinition } from './config.definition.js';
import { type LoadConfigOptions, readConfig } from './config.loader.js';
import type { ConfigStore, SectionValues } from './config.store.js';
import type { ConfigWatch } from './config.watch.js';
import { toSnake } from './key-case.js';

/** Who is told of reloads: `bootstrap` logs and counts them. */
export interface ReloadObserver {
  /** These keys have a new value from now on: `logging.level`. */
  applied(keys: readonly string[]): void;
  /** These keys were changed, and will have their new value after a restart. */
  restartNeeded(keys: readonly string[]): void;
  /** The change was refused whole; everything stays as it was. */
  refused(error: unknown): void;
}

/**
 * Puts changes of the configuration into effect while the app runs: all of a change, or, where any of it is
 * invalid, nothing. Keys that are not declared reloadable keep their value.
 */
export class ConfigReloader {
  private readonly latest: Map<ConfigDefinition, SectionValues>;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: LoadConfigOptions,
    private readonly store: ConfigStore,
    private readonly observer: ReloadObserver,
  ) {
    this.latest = new Map(store.readings);
  }

  /** Reloads whenever the watch sees a change. */
  follow(watch: ConfigWatch): void {
    watch.start(() => {
      this.running = this.running.then(() => this.reload());
    });
  }

  /** Reads the configuration anew and puts into effect what may change. Never rejects. */
  async reload(): Promise<void> {
    let readings: Map<ConfigDefinition, SectionValues>;
    try {
      readings = await readConfig(this.options);
    } catch (error) {
      this.observer.refused(error);
      return;
    }
    const applied: string[] = [];
    const restartNeeded: string[] = [];
    for (const [definition, reading] of readings) {
      const changed = changedKeys(this.latest.get(definition), reading);
      const reloadable = changed.filter((key) => definition.reloadable.includes(key));
      const name = (key: string) => `${definition.section}.${toSnake(key)}`;
      this.apply(definition, reading, reloadable);
      applied.push(...reloadable.map(name));
      restartNeeded.push(...changed.filter((key) => !reloadable.includes(key)).map(name));
      this.latest.set(definition, reading);
    }
    if (applied.length > 0) this.observer.applied(applied);
    if (restartNeeded.length > 0) this.observer.restartNeeded(restartNeeded);
  }

  private apply(definition: ConfigDefinition, { value }: SectionValues, keys: readonly string[]): void {
    if (keys.length === 0) return;
    const handle = this.store.handle(definition);
    const next = value as Record<string, unknown>;
    const changes = Object.fromEntries(keys.map((key) => [key, next[key]]));
    handle.replace({ ...(handle.current as object), ...changes });
  }
}

function changedKeys(before: SectionValues | undefined, { written }: SectionValues): string[] {
  const earlier = before?.written ?? {};
  const keys = new Set([...Object.keys(earlier), ...Object.keys(written)]);
  return [...keys].filter((key) => !isDeepStrictEqual(earlier[key], written[key]));
}
