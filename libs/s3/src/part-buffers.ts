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
 * The buffers that all uploads of a process share. There are at most `count`. They are allocated when first needed
 * and reused, because memory outside the heap is freed late. When all are taken, an upload waits its turn and stops
 * reading from its client.
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

  /** Buffers that are taken. */
  get inUse(): number {
    return this.made - this.free.length;
  }

  /**
   * Takes a buffer. While other uploads wait for one, a `filler` that is too slow is stopped; call `filled` when it
   * is done.
   *
   * @throws UploadsBusyError when no buffer becomes free in time
   * @throws the signal's reason when it is aborted before a buffer is free
   */
  async acquire(filler: PartFiller, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    const buffer = this.free.pop() ?? this.make() ?? (await this.wait(signal));
    this.fillers.add(filler);
    return buffer;
  }

  /** From now on the buffer waits for the store, no longer for the client. */
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
