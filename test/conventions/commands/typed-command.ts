import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { eventually } from '../../support/assertions/eventually.js';

const STARTED = { within: 90_000, every: 50 };

/** What tests and npm put into the environment, and no terminal has. */
const FOREIGN = /^(APP_ENV$|APP__|CONFIG_|NODE_ENV$|NODE_OPTIONS$|JEST_|npm_|INIT_CWD$)/;

/** A command as a person types it at a terminal: the leader of a process group of its own. */
export class TypedCommand {
  /** Everything that it and its children have printed. */
  output = '';
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(line: string, { cwd, env }: { cwd: string; env: Record<string, string> }) {
    const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
    this.#child = spawn('sh', ['-c', `exec ${line}`], {
      cwd,
      env: { ...Object.fromEntries(own), PATH, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.exited = once(this.#child, 'exit').then(([code]) => code as number | null);
  }

  /** How often it has printed something. */
  count(text: string): number {
    return this.output.split(text).length - 1;
  }

  /** Waits until it has printed `text` as often as that. @throws with the end of its output */
  async prints(text: string, times = 1): Promise<void> {
    await eventually(() => {
      if (this.count(text) < times)
        throw new Error(`not yet ${times} × ${JSON.stringify(text)}:\n${this.output.slice(-4_000)}`);
    }, STARTED);
  }

  /** Ctrl-C: the terminal sends SIGINT to every process of the foreground group. */
  interrupt(): void {
    this.#signalGroup('SIGINT');
  }

  /** Sends a signal to the command alone, as `kill` does. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until no process of the group is left. */
  async isGone(): Promise<void> {
    await eventually(() => {
      if (this.#signalGroup(0)) throw new Error(`still running:\n${this.output.slice(-4_000)}`);
    }, STARTED);
  }

  /** For the end of a test: Ctrl-C, and SIGKILL when that does not end it. */
  async end(): Promise<void> {
    this.interrupt();
    await this.isGone().catch(() => this.#signalGroup('SIGKILL'));
  }

  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-(this.#child.pid ?? 0), signal);
    } catch {
      return false;
    }
  }
}
