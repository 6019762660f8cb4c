import type { AppError } from '@app/errors';

type Settled = { value: Buffer } | 'end';

/**
 * The messages of a request stream, pulled one by one. HTTP/2's flow control holds back messages that the handler has
 * not read.
 */
export class RequestReader implements AsyncIterable<Buffer> {
  private waiting: { resolve(settled: Settled): void; reject(error: AppError): void } | undefined;
  private closed: { error: AppError | undefined } | undefined;

  /** @param pull requests one message from the transport */
  constructor(private readonly pull: () => void) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const settled = await this.read();
      if (settled === 'end') return;
      yield settled.value;
    }
  }

  push(value: Buffer): void {
    this.take()?.resolve({ value });
  }

  /** The client has sent everything. */
  end(): void {
    this.take()?.resolve('end');
  }

  /** The call has ended: a pending read rejects with `error`. */
  close(error?: AppError): void {
    this.closed ??= { error };
    const waiting = this.take();
    if (error === undefined) waiting?.resolve('end');
    else waiting?.reject(error);
  }

  private read(): Promise<Settled> {
    return new Promise((resolve, reject) => {
      if (!this.closed) {
        this.waiting = { resolve, reject };
        this.pull();
      } else if (this.closed.error === undefined) resolve('end');
      else reject(this.closed.error);
    });
  }

  private take() {
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }
}
