import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ConfigSource } from './sources/config-source.js';

export interface ConfigWatchOptions {
  /** Files that may exist, appear and vanish; asked for at each look, since `.env` may name others. */
  files: () => Promise<readonly string[]>;
  /** Sources that tell of changes themselves. */
  sources?: readonly ConfigSource[];
  /** Milliseconds between two looks. @default 750 */
  interval?: number;
  /** Milliseconds that a file must stay as it is to be taken as written to its end. @default 100 */
  settle?: number;
}

const MOST_SETTLES = 5;

type Contents = Record<string, string | undefined>;

/**
 * Sees when configuration files change by reading them. They are a few kilobytes, and reading sees what file
 * events miss or tell twice: a ConfigMap that is swapped by symbolic link, an editor that replaces the file, a
 * network file system.
 */
export class ConfigWatch {
  private timer: NodeJS.Timeout | undefined;
  private seen: Contents | undefined;
  private stopped = false;
  private readonly stops: (() => void)[] = [];

  constructor(private readonly options: ConfigWatchOptions) {}

  /**
   * Calls `changed` once at the first look, for what has happened since the configuration was read, and then
   * after each change, until `stop`.
   */
  start(changed: () => void): void {
    this.schedule(changed);
    for (const source of this.options.sources ?? []) {
      const stop = source.watch?.(changed);
      if (stop) this.stops.push(stop);
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const stop of this.stops.splice(0)) stop();
  }

  private schedule(changed: () => void): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.look(changed), this.options.interval ?? 750);
    this.timer.unref();
  }

  private async look(changed: () => void): Promise<void> {
    const contents = await this.read();
    if (!isDeepStrictEqual(contents, this.seen)) {
      this.seen = await this.settled(contents);
      if (!this.stopped) changed();
    }
    this.schedule(changed);
  }

  /** A file that is being written is empty or cut short for a moment. */
  private async settled(first: Contents): Promise<Contents> {
    let contents = first;
    for (let round = 0; round < MOST_SETTLES; round++) {
      await delay(this.options.settle ?? 100, undefined, { ref: false });
      const again = await this.read();
      if (isDeepStrictEqual(again, contents)) break;
      contents = again;
    }
    return contents;
  }

  private async read(): Promise<Contents> {
    const read = async (file: string) => [file, await readFile(file, 'utf8').catch(() => undefined)] as const;
    // Files that cannot be listed are a change that the reading of the configuration refuses.
    const files = await this.options.files().catch(() => []);
    return Object.fromEntries(await Promise.all(files.map(read)));
  }
}
