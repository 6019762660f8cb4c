import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** How much may be on its way to a client that does not read, in bytes. */
const WINDOW = 128 * 1024;

/** What a message costs beside its bytes while it waits, roughly. */
const OVERHEAD = 64;

/** Sends the messages of a response stream no faster than the client takes them. */
export class ResponseWriter {
  private onTheWay = 0;
  private wake: (() => void) | undefined;

  constructor(private readonly call: ServerInterceptingCallInterface) {}

  /** Resolves when there is room for another message; at once when there is now. */
  send(message: Buffer): Promise<void> | undefined {
    const size = message.byteLength + OVERHEAD;
    this.onTheWay += size;
    this.call.sendMessage(message, () => {
      this.onTheWay -= size;
      if (this.onTheWay < WINDOW) this.close();
    });
    if (this.onTheWay < WINDOW) return undefined;
    return new Promise((resolve) => (this.wake = resolve));
  }

  /** Lets go whoever waits: nobody will take what is on its way. */
  close(): void {
    this.wake?.();
    this.wake = undefined;
  }
}
