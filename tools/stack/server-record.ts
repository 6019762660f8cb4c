import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { folderIdentity } from '../process/folder-identity.ts';
import { isAlive, type ProcessIdentity } from '../process/process-identity.ts';
import type { StackProfile } from './stack-profile.ts';

/** Record of a running server or app, stored in `.stack/<stack>/run/<name>.json`. */
export interface ServerRecord extends ProcessIdentity {
  readonly name: string;
  readonly provider: string;
  readonly kind: 'program' | 'container' | 'app';
  readonly port: number;
  readonly url: string;
  readonly stopSignal: NodeJS.Signals;
  /** ISO 8601 */
  readonly since: string;
}

/**
 * The stored form, with the folder in which it was written, because a copied checkout contains records of the
 * original.
 */
type StoredRecord = ServerRecord & { readonly folder: string };

/**
 * The records of one stack. Each is a separate file that is replaced atomically, so that concurrent commands for
 * different servers cannot overwrite each other's records.
 */
export class ServerRecords {
  private readonly folder: string;

  constructor(profile: Pick<StackProfile, 'folder'>) {
    this.folder = resolve(profile.folder, 'run');
  }

  /**
   * The record of a running server. A container is not a child process, so its record is valid as long as it exists.
   */
  running(name: string): ServerRecord | undefined {
    const record = this.read(name);
    return record && (record.kind === 'container' || isAlive(record)) ? record : undefined;
  }

  /** The record of a server that this checkout has started, even if the checkout has been moved since. */
  read(name: string): ServerRecord | undefined {
    try {
      const { folder, ...record } = JSON.parse(readFileSync(this.file(name), 'utf8')) as StoredRecord;
      return folder === folderIdentity(this.folder) ? record : undefined;
    } catch {
      return undefined;
    }
  }

  all(): ServerRecord[] {
    if (!existsSync(this.folder)) return [];
    const names = readdirSync(this.folder).filter((file) => file.endsWith('.json'));
    return names.flatMap((file) => this.running(basename(file, '.json')) ?? []);
  }

  write(record: ServerRecord): void {
    mkdirSync(this.folder, { recursive: true });
    const draft = `${this.file(record.name)}.${process.pid}`;
    const kept: StoredRecord = { ...record, folder: folderIdentity(this.folder) };
    writeFileSync(draft, `${JSON.stringify(kept, null, 2)}\n`);
    renameSync(draft, this.file(record.name));
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  private file(name: string): string {
    return resolve(this.folder, `${name}.json`);
  }
}
