import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { folderIdentity } from './folder-identity.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

export interface LockHolder extends ProcessIdentity {
  readonly command: string;
  /** Identity of the folder in which the lock was created, because a copied checkout contains locks of the original. */
  readonly folder: string;
  /** ISO 8601 */
  readonly since: string;
}

function read(file: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

/** A lock between processes of one machine. A lock whose process no longer exists is replaced. */
export class LockFile implements Disposable {
  private readonly file: string;

  private constructor(file: string) {
    this.file = file;
  }

  /** The living holder, if any. */
  static holder(file: string): LockHolder | undefined {
    const holder = read(file);
    const held = holder && holder.folder === folderIdentity(dirname(file)) && isAlive(holder);
    return held ? holder : undefined;
  }

  /** Acquires the lock, or returns its current holder. */
  static take(file: string, command: string): LockFile | LockHolder {
    mkdirSync(dirname(file), { recursive: true });
    const me: LockHolder = {
      pid: process.pid,
      startedAt: '',
      ...identify(process.pid),
      command,
      folder: folderIdentity(dirname(file)),
      since: new Date().toISOString(),
    };
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(me));
    try {
      for (;;) {
        try {
          linkSync(draft, file); // atomic
          return new LockFile(file);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        const holder = LockFile.holder(file);
        if (holder) return holder;
        LockFile.removeStale(file);
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /**
   * Renames it before deleting it: of two processes that find it stale, neither may delete the new lock of the other.
   */
  private static removeStale(file: string): void {
    const aside = `${file}.stale.${process.pid}`;
    try {
      renameSync(file, aside);
      if (LockFile.holder(aside)) linkSync(aside, file);
    } catch {
      // Another process was faster.
    }
    rmSync(aside, { force: true });
  }

  [Symbol.dispose](): void {
    if (read(this.file)?.pid === process.pid) rmSync(this.file, { force: true });
  }
}
