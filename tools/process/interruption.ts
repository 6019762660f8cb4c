import { Socket } from 'node:net';
import { constants } from 'node:os';
import { terminal } from '../ui/terminal.ts';
import { ToolError } from '../ui/tool.error.ts';

/** The user requested a stop, or the launcher has ended. */
export class InterruptedError extends ToolError {
  constructor(signal: NodeJS.Signals) {
    super('Interrupted.', { exitCode: 128 + constants.signals[signal] });
    this.name = 'InterruptedError';
  }
}

/**
 * Handles all signals. The first one requests an orderly stop, the second an immediate one. The launcher holds the
 * other end of file descriptor 3: when it is killed, the descriptor closes.
 */
export class Interruption {
  private readonly controller = new AbortController();
  private secondListener: () => void = () => undefined;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.receive(signal));
    if (process.env['GANYMEDE_LAUNCHER'] !== undefined) this.watchLauncher();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Sets the action of a second signal before the process exits. */
  onSecond(action: () => void): void {
    this.secondListener = action;
  }

  /** Throws after an interruption. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** Resolves with the first interruption. */
  async received(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) =>
      this.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }

  private receive(signal: NodeJS.Signals): void {
    if (!this.signal.aborted) {
      terminal.line('Stopping … (once more: kill everything at once)');
      this.controller.abort(new InterruptedError(signal));
      return;
    }
    terminal.line('Second signal: killing everything at once.');
    this.secondListener();
    process.exit(128 + constants.signals[signal]);
  }

  private watchLauncher(): void {
    delete process.env['GANYMEDE_LAUNCHER'];
    const gone = (): void => {
      if (!this.signal.aborted) this.controller.abort(new InterruptedError('SIGTERM'));
    };
    new Socket({ fd: 3 }).on('end', gone).on('error', gone).resume().unref();
  }
}
