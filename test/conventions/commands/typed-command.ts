import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { eventually } from '../../support/assertions/eventually.js';

const STARTED = { within: 90_000, every: 50 };

/** Variables that tests and npm set, and that a terminal does not have. */
const FOREIGN = /^(APP_ENV$|APP__|CONFIG_|NODE_ENV$|NODE_OPTIONS$|JEST_|npm_|INIT_CWD$)/;

/** A command as if typed at a terminal: the leader of its own process group. */
export class TypedCommand {
  /** The output of the command and its children. */
  output = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(line: string, { cwd, env }: { cwd: string; env: Record<string, string> }) {
    const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
    this.child = spawn('sh', ['-c', `exec ${line}`], {
      cwd,
      env: { ...Object.fromEntries(own), PATH, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.exited = once(this.child, 'exit').then(([code]) => code as number | null);
  }

  /** The number of occurrences of a text in the output. */
  count(text: string): number {
    return this.output.split(text).length - 1;
  }

  /** Waits until it has printed `text` this many times. @throws with the end of its output */
  async prints(text: string, times = 1): Promise<void> {
    await eventually(() => {
      if (this.count(text) < times)
        throw new Error(`not yet ${times} × ${JSON.stringify(text)}:\n${this.output.slice(-4_000)}`);
    }, STARTED);
  }

  /** Ctrl-C: the terminal sends SIGINT to every process of the foreground group. */
  interrupt(): void {
    this.signalGroup('SIGINT');
  }

  /** Sends a signal only to the command, as `kill` does. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits until no process of the group is left. */
  async isGone(): Promise<void> {
    await eventually(() => {
      if (this.signalGroup(0)) throw new Error(`still running:\n${this.output.slice(-4_000)}`);
    }, STARTED);
  }

  /** Ends the command after a test: with Ctrl-C, or with SIGKILL when that is not enough. */
  async end(): Promise<void> {
    this.interrupt();
    await this.isGone().catch(() => this.signalGroup('SIGKILL'));
  }

  private signalGroup(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-(this.child.pid ?? 0), signal);
    } catch {
      return false;
    }
  }
}
