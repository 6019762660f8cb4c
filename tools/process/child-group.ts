import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalTree } from './process-tree.ts';

export interface ChildGroupOptions {
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly stdio?: StdioOptions;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<ChildGroup>();

/** A child in its own process group: it receives no signals of the terminal, and can be ended with its descendants. */
export class ChildGroup {
  readonly process: ChildProcess;
  /** Resolves when it has ended; rejects when it could not be started. */
  readonly exited: Promise<Exit>;
  hasExited = false;

  constructor(file: string, args: readonly string[], options: ChildGroupOptions = {}) {
    this.process = spawn(file, args, { ...options, detached: true });
    running.add(this);
    // With pipes, `close` waits for the last line of output, including that of a helper that outlives the child.
    this.exited = once(this.process, this.process.stdout ? 'close' : 'exit').then(([code, signal]): Exit => ({
      code,
      signal,
    }));
    this.exited.catch(() => undefined);
    for (const event of ['exit', 'error']) this.process.once(event, () => this.ended());
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Sends a signal only to the leading process. */
  signal(signal: NodeJS.Signals): void {
    if (!this.hasExited) this.process.kill(signal);
  }

  kill(): void {
    if (!this.hasExited && this.pid > 0) signalTree(this.pid, 'SIGKILL');
  }

  /** Allows the child to outlive this process. */
  release(): void {
    running.delete(this);
    this.process.unref();
  }

  /**
   * Ends the whole process tree and resolves when all its processes have ended, so that none can still write a file.
   */
  async endTree(signal: NodeJS.Signals, grace: number): Promise<void> {
    if (!this.hasExited) signalTree(this.pid, signal);
    const insist = setTimeout(() => this.kill(), grace);
    await this.exited.catch(() => undefined);
    clearTimeout(insist);
    for (let waited = 0; waited < 500 && this.killGroup(); waited += 20) await sleep(20);
  }

  /** @returns whether there was still a process to kill */
  private killGroup(): boolean {
    try {
      return process.kill(-this.pid, 'SIGKILL');
    } catch {
      return false;
    }
  }

  /** Sends the signal, waits for the grace period, then kills the process. */
  async stop(signal: NodeJS.Signals, grace: number): Promise<Exit> {
    this.signal(signal);
    const insist = setTimeout(() => this.kill(), grace);
    try {
      return await this.exited;
    } finally {
      clearTimeout(insist);
    }
  }

  private ended(): void {
    this.hasExited = true;
    running.delete(this);
  }

  /** Ends everything that this process has started and not released. */
  static killAll(): void {
    for (const group of running) group.kill();
  }
}
