import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../process/process-identity.ts';
import { signalTree } from '../process/process-tree.ts';
import { compose } from './docker-compose.ts';
import { type ServerRecord, ServerRecords } from './server-record.ts';
import type { StackProfile } from './stack-profile.ts';

/** Time for a server to stop cleanly before it is killed, in milliseconds. */
const grace = 20_000;

async function hasEnded(record: ServerRecord, within: number): Promise<boolean> {
  for (const deadline = performance.now() + within; performance.now() < deadline;) {
    if (!isAlive(record)) return true;
    await sleep(25);
  }
  return false;
}

/** Stops, kills, pauses and resumes a running server, whatever its provider. */
export class ServerControl {
  private readonly profile: StackProfile;
  private readonly record: ServerRecord;

  constructor(profile: StackProfile, record: ServerRecord) {
    this.profile = profile;
    this.record = record;
  }

  async stop(): Promise<void> {
    if (this.record.kind === 'container') await compose(this.profile, ['stop', this.record.name]);
    else await this.end(this.record.stopSignal, grace);
    new ServerRecords(this.profile).remove(this.record.name);
  }

  /** Kills it like a power failure, without a signal that it could handle. */
  async kill(): Promise<void> {
    if (this.record.kind === 'container') await compose(this.profile, ['kill', this.record.name]);
    else await this.end('SIGKILL', 0);
    new ServerRecords(this.profile).remove(this.record.name);
  }

  async pause(): Promise<void> {
    await this.signal('SIGSTOP', 'pause');
  }

  async resume(): Promise<void> {
    await this.signal('SIGCONT', 'unpause');
  }

  /** Kills it without waiting. */
  static killNow(profile: StackProfile, record: ServerRecord): void {
    if (record.kind === 'container') return;
    signalTree(record.pid, 'SIGKILL');
    new ServerRecords(profile).remove(record.name);
  }

  private async signal(signal: NodeJS.Signals, verb: string): Promise<void> {
    if (this.record.kind === 'container') await compose(this.profile, [verb, this.record.name]);
    else signalTree(this.record.pid, signal);
  }

  private async end(signal: NodeJS.Signals, timeout: number): Promise<void> {
    if (!isAlive(this.record)) return;
    if (signal !== 'SIGKILL') {
      try {
        signalTree(this.record.pid, 'SIGCONT'); // a paused process would not handle the signal
        process.kill(this.record.pid, signal);
      } catch {
        return; // ended meanwhile
      }
    }
    if (signal !== 'SIGKILL' && (await hasEnded(this.record, timeout))) return;
    signalTree(this.record.pid, 'SIGKILL');
    await hasEnded(this.record, 5_000);
  }
}
