import { isDeepStrictEqual } from 'node:util';
import { type ConfigChange, putTogether } from './config.change.js';
import type { ConfigDefinition } from './config.definition.js';
import { readConfig } from './config.loader.js';
import type { LoadConfigOptions } from './config.sources.js';
import type { ConfigStore, SectionValues } from './config.store.js';
import type { ConfigWatch } from './config.watch.js';
import { toSnake } from './key-case.js';

type Written = SectionValues['written'];

/** Receives the results of reloads; `bootstrap` logs and counts them. */
export interface ReloadObserver {
  /** These keys have a new value from now on: `logging.level`. */
  applied(keys: readonly string[]): void;
  /** These keys were changed; their new values take effect after a restart. */
  restartNeeded(keys: readonly string[]): void;
  /** The whole change was rejected; all values stay as they were. */
  refused(error: unknown): void;
}

/**
 * Applies changes of the configuration while the app runs. If any part of a change is invalid, nothing is applied.
 * Keys that are not declared reloadable keep their value.
 */
export class ConfigReloader {
  /** The raw values of each section at the last reading. */
  private readonly latest = new Map<ConfigDefinition, Written>();
  /** The raw form of the values that are in effect. */
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

  /** Reloads whenever the watch detects a change. */
  follow(watch: ConfigWatch): void {
    watch.start(() => {
      this.running = this.running.then(() => this.reload());
    });
  }

  /** Reads the configuration again and applies the reloadable keys. Never rejects. */
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
    for (const change of changes) this.record(change);
    const applied = changes.flatMap(({ definition, applied: keys }) => namesOf(definition, keys));
    const waiting = changes.flatMap(({ definition, waiting: keys }) => namesOf(definition, keys));
    if (applied.length > 0) this.observer.applied(applied);
    if (waiting.length > 0) this.observer.restartNeeded(waiting);
  }

  private changeOf(definition: ConfigDefinition, reading: SectionValues): SectionChange {
    const effective = this.effective.get(definition) ?? {};
    // A key that was reverted to the value in effect needs no action.
    const news = changedKeys(effective, reading.written);
    const applied = news.filter((key) => definition.reloadable.includes(key));
    const written = { ...effective, ...pick(reading.written, applied) };
    const { success, data } = definition.schema.safeParse(written);
    // Keys that are valid only together with one that needs a restart also wait for the restart.
    const now = success && applied.length > 0 ? { written, value: data as object } : undefined;
    const changed = changedKeys(this.latest.get(definition), reading.written);
    const waiting = news.filter((key) => changed.includes(key) && !(now && applied.includes(key)));
    return { definition, reading, now, applied: now ? applied : [], waiting };
  }

  private valueOf({ definition, now }: SectionChange): ConfigChange[] {
    if (!now) return [];
    return [{ handle: this.store.handle(definition) as ConfigChange['handle'], value: now.value }];
  }

  private record({ definition, reading, now }: SectionChange): void {
    this.latest.set(definition, reading.written);
    if (now) this.effective.set(definition, now.written);
  }
}

/** The changes of one section in a reading. */
interface SectionChange {
  definition: ConfigDefinition;
  reading: SectionValues;
  /** The values of the section after the change; undefined when it does not change. */
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
