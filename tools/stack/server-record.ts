import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { isAlive, type ProcessIdentity } from '../process/process-identity.ts';
import type { StackProfile } from './stack-profile.ts';

/** What is known of a running server or app, kept in `.stack/<stack>/run/<name>.json`. */
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
 * The records of one stack: a file each, replaced as a whole, so that commands which touch different servers at the
 * same time cannot lose each other's.
 */
export class ServerRecords {
  readonly #folder: string;

  constructor(profile: StackProfile) {
    this.#folder = resolve(profile.folder, 'run');
  }

  /** The record of a server that is still there. A container has no process of ours: its record counts as long as it exists. */
  living(name: string): ServerRecord | undefined {
    const record = this.read(name);
    return record && (record.kind === 'container' || isAlive(record)) ? record : undefined;
  }

  read(name: string): ServerRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(name), 'utf8')) as ServerRecord;
    } catch {
      return undefined;
    }
  }

  all(): ServerRecord[] {
    if (!existsSync(this.#folder)) return [];
    const names = readdirSync(this.#folder).filter((file) => file.endsWith('.json'));
    return names.flatMap((file) => this.living(basename(file, '.json')) ?? []);
  }

  write(record: ServerRecord): void {
    mkdirSync(this.#folder, { recursive: true });
    const draft = `${this.#file(record.name)}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`);
    renameSync(draft, this.#file(record.name));
  }

  remove(name: string): void {
    rmSync(this.#file(name), { force: true });
  }

  #file(name: string): string {
    return resolve(this.#folder, `${name}.json`);
  }
}
