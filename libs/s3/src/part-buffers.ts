/** @internal */
export interface PartBuffersOptions {
  /** Of one buffer, in bytes. */
  size: number;
  /** How many there may be. */
  count: number;
}

/**
 * The buffers that all uploads of a process share. There are never more than `count`; they are made when first
 * needed and used again, since memory outside the heap is given back late. Who comes when all are out waits
 * its turn, and with it the client that it reads from.
 */
export class PartBuffers {
  private readonly free: Buffer[] = [];
  private readonly waiters: ((buffer: Buffer) => void)[] = [];
  private made = 0;

  constructor(private readonly options: PartBuffersOptions) {}

  /** Buffers that are out. */
  get inUse(): number {
    return this.made - this.free.length;
  }

  /** @throws the signal's reason when it is aborted before a buffer is free */
  async acquire(signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    return this.free.pop() ?? this.make() ?? this.wait(signal);
  }

  release(buffer: Buffer): void {
    const next = this.waiters.shift();
    if (next) next(buffer);
    else this.free.push(buffer);
  }

  private make(): Buffer | undefined {
    if (this.made >= this.options.count) return undefined;
    this.made += 1;
    return Buffer.allocUnsafeSlow(this.options.size);
  }

  private wait(signal: AbortSignal): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const take = (buffer: Buffer): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(buffer);
      };
      const giveUp = (): void => {
        this.waiters.splice(this.waiters.indexOf(take), 1);
        reject(signal.reason as Error);
      };
      this.waiters.push(take);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
