import { isDeepStrictEqual } from 'node:util';
import { type ConfigChange, putTogether } from './config.change.js';
import type { ConfigDefinition } from './config.definition.js';
import { readConfig } from './config.loader.js';
import type { LoadConfigOptions } from './config.sources.js';
import type { ConfigStore, SectionValues } from './config.store.js';
import type { ConfigWatch } from './config.watch.js';
import { toSnake } from './key-case.js';

type Written = SectionValues['written'];

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
  private readonly latest = new Map<ConfigDefinition, Written>();
  /** How the values that are in effect were written. */
  private readonly effective = new Map<ConfigDefinition, Written>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: LoadConfigOptions,
    private readonly store: ConfigStore,
    private readonly observer: ReloadObserver,
  ) {
    for (const [definition, { written }] of store.readings) {
      this.latest.set(definition, written);
      this.effective.set(definition, written);
    }
  }

  /** Reloads whenever the watch sees a change. */
  follow(watch: ConfigWatch): void {
    watch.start(() => {
      this.running = this.running.then(() => this.reload());
    });
  }

  /** Reads the configuration anew and puts into effect what may change. Never rejects. */
  async reload(): Promise<void> {
    let changes: SectionChange[];
    try {
      const readings = await readConfig(this.options);
      changes = [...readings].map(([definition, reading]) => this.changeOf(definition, reading));
      putTogether(changes.flatMap((change) => this.valueOf(change)));
    } catch (error) {
      this.observer.refused(error);
      return;
    }
    for (const change of changes) this.remember(change);
    const applied = changes.flatMap(({ definition, applied: keys }) => namesOf(definition, keys));
    const waiting = changes.flatMap(({ definition, waiting: keys }) => namesOf(definition, keys));
    if (applied.length > 0) this.observer.applied(applied);
    if (waiting.length > 0) this.observer.restartNeeded(waiting);
  }

  private changeOf(definition: ConfigDefinition, reading: SectionValues): SectionChange {
    const effective = this.effective.get(definition) ?? {};
    // A key that was put back to what is in effect needs nothing.
    const news = changedKeys(effective, reading.written);
    const applied = news.filter((key) => definition.reloadable.includes(key));
    const written = { ...effective, ...pick(reading.written, applied) };
    const { success, data } = definition.schema.safeParse(written);
    // Keys that are right only beside one that waits for a restart wait with it.
    const now = success && applied.length > 0 ? { written, value: data as object } : undefined;
    const changed = changedKeys(this.latest.get(definition), reading.written);
    const waiting = news.filter((key) => changed.includes(key) && !(now && applied.includes(key)));
    return { definition, reading, now, applied: now ? applied : [], waiting };
  }

  private valueOf({ definition, now }: SectionChange): ConfigChange[] {
    if (!now) return [];
    return [{ handle: this.store.handle(definition) as ConfigChange['handle'], value: now.value }];
  }

  private remember({ definition, reading, now }: SectionChange): void {
    this.latest.set(definition, reading.written);
    if (now) this.effective.set(definition, now.written);
  }
}

/** What a reading changes in one section. */
interface SectionChange {
  definition: ConfigDefinition;
  reading: SectionValues;
  /** What the section holds once the change was made; none when it stays as it is. */
  now: { written: Written; value: object } | undefined;
  /** Keys that take effect now. */
  applied: readonly string[];
  /** Keys that take effect after a restart. */
  waiting: readonly string[];
}

function pick(written: Written, keys: readonly string[]): Written {
  return Object.fromEntries(keys.map((key) => [key, written[key]]));
}

function changedKeys(before: Written = {}, after: Written) {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key]));
}

function namesOf({ section }: ConfigDefinition, keys: readonly string[]): string[] {
  return keys.map((key) => `${section}.${toSnake(key)}`);
}
