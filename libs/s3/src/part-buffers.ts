import { type PartFiller, PartFillers } from './part-fillers.js';
import { UploadsBusyError } from './s3.errors.js';

/** @internal */
export interface PartBuffersOptions {
  /** Of one buffer, in bytes. */
  size: number;
  /** How many there may be. */
  count: number;
  /** How long an upload waits for a buffer, in milliseconds. */
  wait: number;
}

/**
 * The buffers that all uploads of a process share. There are never more than `count`; they are made when first
 * needed and used again, since memory outside the heap is given back late. An upload that comes when all are out waits
 * its turn, and with it the client that it reads from.
 */
export class PartBuffers {
  private readonly free: Buffer[] = [];
  private readonly waiters: ((buffer: Buffer) => void)[] = [];
  private readonly fillers = new PartFillers();
  private made = 0;

  constructor(private readonly options: PartBuffersOptions) {}

  /** Of one buffer, in bytes. */
  get size(): number {
    return this.options.size;
  }

  /** Buffers that are out. */
  get inUse(): number {
    return this.made - this.free.length;
  }

  /**
   * While others wait for a buffer, `filler` is stopped when it is too slow; call `filled` when it is done.
   *
   * @throws UploadsBusyError when no buffer is free in time
   * @throws the signal's reason when it is aborted before a buffer is free
   */
  async acquire(filler: PartFiller, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    const buffer = this.free.pop() ?? this.make() ?? (await this.wait(signal));
    this.fillers.add(filler);
    return buffer;
  }

  /** The buffer waits for its upload to the store from now on, no longer for the client. */
  filled(filler: PartFiller): void {
    this.fillers.remove(filler);
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
    const watch = this.fillers.watch();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        watch.end();
        clearTimeout(clock);
        signal.removeEventListener('abort', onAbort);
      };
      const take = (buffer: Buffer): void => {
        settle();
        resolve(buffer);
      };
      const giveUp = (reason: Error): void => {
        settle();
        this.waiters.splice(this.waiters.indexOf(take), 1);
        reject(reason);
      };
      const onAbort = (): void => giveUp(signal.reason as Error);
      const clock = setTimeout(() => giveUp(UploadsBusyError.create()), this.options.wait).unref();
      this.waiters.push(take);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
