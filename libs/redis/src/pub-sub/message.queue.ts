import type { MessageHandler } from './pub-sub.js';

/** Hands messages to a handler one after another, and holds a bounded number of those that wait. */
export class MessageQueue {
  private readonly waiting: string[] = [];
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly handler: MessageHandler,
    private readonly maxWaiting: number,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Whether it found room; where it did not, the oldest that waited is gone. */
  push(message: string): boolean {
    if (this.closed) return true;
    this.waiting.push(message);
    const room = this.waiting.length <= this.maxWaiting;
    if (!room) this.waiting.shift();
    this.working ??= this.work().finally(() => (this.working = undefined));
    return room;
  }

  /** Drops what waits; resolves when the handler is done with what it has. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.length = 0;
    await this.working;
  }

  async idle(): Promise<void> {
    while (this.working) await this.working;
  }

  private async work(): Promise<void> {
    // Not in the turn of the connection that delivers.
    await Promise.resolve();
    for (let message = this.waiting.shift(); message !== undefined; message = this.waiting.shift()) {
      try {
        await this.handler(message);
      } catch (error) {
        this.onFailure(error);
      }
    }
  }
}
