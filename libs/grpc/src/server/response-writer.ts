import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** How many bytes may be buffered for a client that does not read. */
const WINDOW = 128 * 1024;

/** The approximate overhead of a buffered message, in bytes. */
const OVERHEAD = 64;

/** Sends the messages of a response stream, no faster than the client reads them. */
export class ResponseWriter {
  private onTheWay = 0;
  private wake: (() => void) | undefined;

  constructor(private readonly call: ServerInterceptingCallInterface) {}

  /** Resolves when there is room for another message. Returns undefined when there is room now. */
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

  /** Resolves the pending sends: the client will not read the buffered messages. */
  close(): void {
    this.wake?.();
    this.wake = undefined;
  }
}
