import { RequestContext } from '@app/context';

const nothing = () => undefined;

/** Repeats a check from `start` until `stop`; its timers do not keep the process alive. */
export class CheckLoop {
  private running = false;
  private wake: () => void = nothing;

  /**
   * @param check must not reject
   * @param pause before the next check, in milliseconds
   */
  constructor(
    private readonly check: () => Promise<unknown>,
    private readonly pause: () => number,
  ) {}

  /** Idempotent. */
  start(): void {
    if (this.running) return;
    this.running = true;
    void RequestContext.detach(() => this.run());
  }

  /** Ends the current pause, so that the next check runs now. */
  now(): void {
    this.wake();
  }

  stop(): void {
    this.running = false;
    this.wake();
  }

  private async run(): Promise<void> {
    while (this.running) {
      await this.check();
      if (this.running) await this.rest();
    }
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), this.pause()).unref();
      this.wake = () => {
        clearTimeout(timer);
        this.wake = nothing;
        resolve();
      };
    });
  }
}
