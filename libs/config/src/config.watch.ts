import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ConfigSource } from './sources/config-source.js';

export interface ConfigWatchOptions {
  /** Files to poll; they need not exist. Called before each poll, because `.env` may name other files. */
  files: () => Promise<readonly string[]>;
  /** Sources that report changes themselves. */
  sources?: readonly ConfigSource[];
  /** Milliseconds between two polls. @default 750 */
  interval?: number;
  /** Milliseconds without a change after which a file counts as completely written. @default 100 */
  settle?: number;
}

const MAX_SETTLES = 5;

type Contents = Record<string, string | undefined>;

/**
 * Detects changes of configuration files by polling. The files are a few kilobytes. File events would be lost or
 * duplicated in some cases: a ConfigMap swapped by symbolic link, an editor that replaces the file, a network file
 * system.
 */
export class ConfigWatch {
  private timer: NodeJS.Timeout | undefined;
  private seen: Contents | undefined;
  private stopped = false;
  private readonly stops: (() => void)[] = [];

  constructor(private readonly options: ConfigWatchOptions) {}

  /**
   * Calls `changed` once at the first poll, because files may have changed since the configuration was read, and
   * then after each change, until `stop`.
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

  /** Waits until no file changes: a file that is being written may be empty or incomplete for a moment. */
  private async settled(first: Contents): Promise<Contents> {
    let contents = first;
    for (let round = 0; round < MAX_SETTLES; round++) {
      await delay(this.options.settle ?? 100, undefined, { ref: false });
      const again = await this.read();
      if (isDeepStrictEqual(again, contents)) break;
      contents = again;
    }
    return contents;
  }

  private async read(): Promise<Contents> {
    const read = async (file: string) => [file, await readFile(file, 'utf8').catch(() => undefined)] as const;
    // Files that cannot be listed count as a change; the next reading of the configuration then reports the error.
    const files = await this.options.files().catch(() => []);
    return Object.fromEntries(await Promise.all(files.map(read)));
  }
}
