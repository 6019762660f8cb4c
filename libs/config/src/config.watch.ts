import { readFile } from 'node:fs/promises';
import type { ConfigSource } from './sources/config-source.js';

export interface ConfigWatchOptions {
  /** Files that may exist, appear and vanish. */
  files: readonly string[];
  /** Sources that tell of changes themselves. */
  sources?: readonly ConfigSource[];
  /** Milliseconds. @default 1000 */
  interval?: number;
}

/**
 * Sees when configuration files change by reading them every second. They are a few kilobytes, and reading sees
 * what file events miss or tell twice: a ConfigMap that is swapped by symbolic link, an editor that replaces the
 * file, a network file system.
 */
export class ConfigWatch {
  private timer: NodeJS.Timeout | undefined;
  private seen = new Map<string, string | undefined>();
  private readonly stops: (() => void)[] = [];

  constructor(private readonly options: ConfigWatchOptions) {}

  /** Calls `changed` after each change, until `stop`. What is there now is taken as known. */
  start(changed: () => void): void {
    void this.read().then((contents) => {
      this.seen = contents;
      this.schedule(changed);
    });
    for (const source of this.options.sources ?? []) {
      const stop = source.watch?.(changed);
      if (stop) this.stops.push(stop);
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const stop of this.stops.splice(0)) stop();
  }

  private schedule(changed: () => void): void {
    this.timer = setTimeout(() => void this.look(changed), this.options.interval ?? 1000);
    this.timer.unref();
  }

  private async look(changed: () => void): Promise<void> {
    const contents = await this.read();
    const differs = this.options.files.some((file) => contents.get(file) !== this.seen.get(file));
    this.seen = contents;
    if (differs) changed();
    this.schedule(changed);
  }

  private async read(): Promise<Map<string, string | undefined>> {
    const read = async (file: string) => [file, await readFile(file, 'utf8').catch(() => undefined)] as const;
    return new Map(await Promise.all(this.options.files.map(read)));
  }
}
