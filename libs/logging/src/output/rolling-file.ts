import { close, constants, fstat, open, openSync, write, writeSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { LineSink } from './line-sink.js';

export interface RollingFileOptions {
  path: string;
  /** The file is rotated when it reaches this size; bytes. */
  size: number;
  /** The file is also rotated after this interval, aligned to the Unix epoch; milliseconds. */
  interval: number;
  /** Number of rotated files to keep. */
  keep: number;
}

// Plain descriptors, because the last lines of a process are written synchronously.
const openFile = promisify(open);
const statFile = promisify(fstat);
const writeFile = promisify(write);
const closeFile = promisify(close);

/** O_NONBLOCK: opening a named pipe must not block a thread of the pool until a reader opens it. */
const APPEND = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A log file that is rotated by size and age: `app.log` becomes `app.log.20261120T151500123Z`, and the oldest files
 * are removed. It is opened by the first write, and again after an error. A named pipe is never rotated.
 */
export class RollingFile implements LineSink {
  readonly name: string;
  private file: number | undefined;
  private written = 0;
  private rolls = true;
  private period = 0;
  private lastAside = 0;

  constructor(private readonly options: RollingFileOptions) {
    this.name = options.path;
  }

  async prepare(): Promise<void> {
    this.file ??= await this.open();
    if (!this.isDue()) return;
    await this.putAside();
    this.file = await this.open();
  }

  async write(bytes: Buffer): Promise<number> {
    if (this.file === undefined) throw new Error(`${this.name} is not open. Call prepare() first.`);
    try {
      const { bytesWritten } = await writeFile(this.file, bytes);
      this.written += bytesWritten;
      return bytesWritten;
    } catch (error) {
      // A full pipe is no reason to reopen. After any other error, such as a remounted disk, it is a different file.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') await this.close();
      throw error;
    }
  }

  writeSync(bytes: Buffer): number {
    this.file ??= openSync(this.options.path, APPEND);
    return writeSync(this.file, bytes);
  }

  /** The next write opens it again. */
  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    if (file !== undefined) await closeFile(file);
  }

  private async open(): Promise<number> {
    await mkdir(dirname(this.options.path), { recursive: true });
    const file = await openFile(this.options.path, APPEND);
    const stats = await statFile(file);
    const { size, mtimeMs } = stats;
    this.rolls = stats.isFile();
    this.written = size;
    this.period = this.periodOf(size > 0 ? mtimeMs : Date.now());
    return file;
  }

  private isDue(): boolean {
    const { size } = this.options;
    return (
      this.rolls && this.written > 0 && (this.written >= size || this.period !== this.periodOf(Date.now()))
    );
  }

  private periodOf(time: number): number {
    return Math.floor(time / this.options.interval);
  }

  private async putAside(): Promise<void> {
    await this.close();
    // Two files must not have the same name, even if they fill within a millisecond.
    this.lastAside = Math.max(Date.now(), this.lastAside + 1);
    const stamp = new Date(this.lastAside).toISOString().replaceAll(/[-:.]/g, '');
    await rename(this.options.path, `${this.options.path}.${stamp}`);
    await this.removeOldest();
  }

  private async removeOldest(): Promise<void> {
    const folder = dirname(this.options.path);
    const prefix = `${basename(this.options.path)}.`;
    const aside = (await readdir(folder)).filter((name) => isAside(name, prefix)).sort();
    const surplus = aside.slice(0, Math.max(0, aside.length - this.options.keep));
    await Promise.all(surplus.map((name) => rm(join(folder, name), { force: true })));
  }
}

function isAside(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && /^\d{8}T\d{9}Z$/.test(name.slice(prefix.length));
}
