import { isDeepStrictEqual } from 'node:util';
import type { ConfigDefinition } from './config.definition.js';
import type { ConfigHandle } from './config.handle.js';
import { readConfig } from './config.loader.js';
import type { LoadConfigOptions } from './config.sources.js';
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
  /** How each section was written when it was read last. */
  private readonly latest: Map<ConfigDefinition, SectionValues>;
  /** How the values that are in effect were written. */
  private readonly effective = new Map<ConfigDefinition, Record<string, unknown>>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: LoadConfigOptions,
    private readonly store: ConfigStore,
    private readonly observer: ReloadObserver,
  ) {
    this.latest = new Map(store.readings);
    for (const [definition, { written }] of store.readings) this.effective.set(definition, { ...written });
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
    const changes = [...readings].map(([definition, reading]) => this.changeOf(definition, reading));
    const handles = changes.flatMap((change) => this.apply(change));
    for (const handle of handles) handle.announce();
    const applied = changes.flatMap(({ definition, applied: keys }) => namesOf(definition, keys));
    const waiting = changes.flatMap(({ definition, waiting: keys }) => namesOf(definition, keys));
    if (applied.length > 0) this.observer.applied(applied);
    if (waiting.length > 0) this.observer.restartNeeded(waiting);
  }

  private changeOf(definition: ConfigDefinition, reading: SectionValues): SectionChange {
    const changed = changedKeys(this.latest.get(definition)?.written, reading.written);
    this.latest.set(definition, reading);
    // A key that was put back to what is in effect needs neither.
    const differing = new Set(changedKeys(this.effective.get(definition), reading.written));
    const news = changed.filter((key) => differing.has(key));
    return {
      definition,
      reading,
      applied: news.filter((key) => definition.reloadable.includes(key)),
      waiting: news.filter((key) => !definition.reloadable.includes(key)),
    };
  }

  private apply({ definition, reading, applied }: SectionChange): ConfigHandle<object>[] {
    if (applied.length === 0) return [];
    const handle = this.store.handle(definition) as ConfigHandle<object>;
    const next = reading.value as Record<string, unknown>;
    handle.take({ ...handle.current, ...Object.fromEntries(applied.map((key) => [key, next[key]])) });
    const written = this.effective.get(definition) ?? {};
    for (const key of applied) written[key] = reading.written[key];
    return [handle];
  }
}

/** What a reading changes in one section. */
interface SectionChange {
  definition: ConfigDefinition;
  reading: SectionValues;
  /** Keys that take effect now. */
  applied: readonly string[];
  /** Keys that take effect after a restart. */
  waiting: readonly string[];
}

function changedKeys(
  before: Readonly<Record<string, unknown>> = {},
  after: Readonly<Record<string, unknown>>,
) {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key]));
}

function namesOf({ section }: ConfigDefinition, keys: readonly string[]): string[] {
  return keys.map((key) => `${section}.${toSnake(key)}`);
}
