import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/**
 * Files that are being written. They have no name in a bucket yet. The next start deletes those of the previous
 * run.
 */
export class Drafts {
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string): Promise<Drafts> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return new Drafts(folder);
  }

  /** Fills a file and uses it, which usually moves it away. A file that is still there afterwards is deleted. */
  async write<C, R>(
    fill: (target: Writable) => Promise<C>,
    use: (file: string, content: C) => Promise<R>,
  ): Promise<R> {
    const file = join(this.folder, randomUUID());
    const target = createWriteStream(file, { flags: 'wx' });
    try {
      return await use(file, await fill(target));
    } finally {
      target.destroy();
      await finished(target).catch(() => undefined);
      await rm(file, { force: true });
    }
  }

  /** Deletes a folder. It disappears at once, even while files are still being moved into it. */
  async discard(folder: string): Promise<void> {
    const grave = join(this.folder, randomUUID());
    await rename(folder, grave);
    await rm(grave, { recursive: true, force: true });
  }
}
