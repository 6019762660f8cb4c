import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { folderIdentity } from './folder-identity.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

export interface LockHolder extends ProcessIdentity {
  readonly command: string;
  /** Of the folder that the lock was made in: a copied checkout carries locks whose holders are not its own. */
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

/** A lock between processes of one machine that outlives no holder: whose process is gone is replaced. */
export class LockFile implements Disposable {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** The living holder, if any. */
  static holder(file: string): LockHolder | undefined {
    const holder = read(file);
    const held = holder && holder.folder === folderIdentity(dirname(file)) && isAlive(holder);
    return held ? holder : undefined;
  }

  /** Takes the lock, or returns its living holder. */
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
          linkSync(draft, file); // appears whole or not at all
          return new LockFile(file);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        const holder = LockFile.holder(file);
        if (holder) return holder;
        LockFile.#removeStale(file);
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Moves it aside before deleting it: of two that find it stale, none may delete the other's fresh one. */
  static #removeStale(file: string): void {
    const aside = `${file}.stale.${process.pid}`;
    try {
      renameSync(file, aside);
      if (LockFile.holder(aside)) linkSync(aside, file);
    } catch {
      // the other one was faster
    }
    rmSync(aside, { force: true });
  }

  [Symbol.dispose](): void {
    if (read(this.#file)?.pid === process.pid) rmSync(this.#file, { force: true });
  }
}
