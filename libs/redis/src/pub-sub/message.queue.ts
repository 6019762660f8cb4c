import type { MessageHandler } from './pub-sub.js';

/** Passes messages to a handler one after another. The number of waiting messages is limited. */
export class MessageQueue {
  private readonly waiting: string[] = [];
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly handler: MessageHandler,
    private readonly maxWaiting: number,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** @returns false when the queue was full and the oldest waiting message was dropped */
  push(message: string): boolean {
    if (this.closed) return true;
    this.waiting.push(message);
    const room = this.waiting.length <= this.maxWaiting;
    if (!room) this.waiting.shift();
    this.working ??= this.work().finally(() => (this.working = undefined));
    return room;
  }

  /** Drops waiting messages; resolves when the handler has finished its current one. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.length = 0;
    await this.working;
  }

  async idle(): Promise<void> {
    while (this.working) await this.working;
  }

  private async work(): Promise<void> {
    // Not in the same turn as the delivering connection.
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
